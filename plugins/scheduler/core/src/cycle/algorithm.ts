import type { Random } from '@keelson/sdk';
import type { PodInfo } from '@keelson/sdk/scheduler';
import type { NodeTable } from '../snapshot/node-table.ts';
import { diagnose, type Diagnosis } from './diagnosis.ts';
import { runFilters, type FilterResult } from './filter-phase.ts';
import { refreshEntry, rowPlans, type RowPlans } from './incremental.ts';
import type { PolicySet } from './policy-set.ts';
import { enoughNodes } from './sample-size.ts';
import { pickBest, runScores } from './score-phase.ts';
import { Scratch } from './scratch.ts';
import { ShapeCache, shapeOf, type ShapeEntry } from './shape-cache.ts';

/** Where a pod goes, or why nowhere. */
export type Decision =
  | { readonly outcome: 'placed'; readonly nodeName: string; readonly feasible: number; readonly evaluated: number; readonly score: number }
  | { readonly outcome: 'unfit'; readonly diagnosis: Diagnosis }
  | { readonly outcome: 'no-nodes' };

/** Wraps the two phases, for spans; the default calls straight through. */
export interface Phases {
  filter(run: () => FilterResult): FilterResult;
  score(feasible: number, run: () => void): void;
}

const straight: Phases = { filter: (run) => run(), score: (_feasible, run) => run() };

export interface AlgorithmOptions {
  readonly table: NodeTable;
  readonly random: Random;
  /** Read once per pod, so that policies can come and go. */
  readonly policies: () => PolicySet;
  /** 0: adaptive as upstream; 100: every node is scored. */
  readonly percentageOfNodesToScore: number;
  readonly onFault: (policy: string, error: unknown) => void;
}

/** Chooses nodes: synchronous, no I/O, no change to the table. */
export class Algorithm {
  readonly #options: AlgorithmOptions;
  readonly #scratch = new Scratch();
  readonly #shapes = new ShapeCache();
  #start = 0;

  constructor(options: AlgorithmOptions) {
    this.#options = options;
  }

  /** Throws what a filter policy throws: then it is not known whether the pod may run anywhere. */
  decide(pod: PodInfo, phases: Phases = straight): Decision {
    const { table } = this.#options;
    if (table.nodeCount === 0) return { outcome: 'no-nodes' };
    const policies = this.#options.policies();
    return this.#decideByShape(pod, policies, phases) ?? this.#decideAfresh(pod, policies, phases);
  }

  /** As for the last pod of the same shape, but for the nodes that changed since. Every node counts, none is left to sampling. */
  #decideByShape(pod: PodInfo, policies: PolicySet, phases: Phases): Decision | undefined {
    const { table, random } = this.#options;
    const shape = shapeOf(pod, policies);
    if (shape === undefined) return undefined;
    let entry = this.#shapes.get(shape, policies);
    if (entry === undefined && !this.#shapes.seenBefore(shape)) return undefined;
    const plans = rowPlans(pod, table, policies);
    if (plans === undefined) return undefined;
    const present = (entry ??= this.#shapes.add(shape));
    phases.filter(() => {
      this.#refresh(shape, present, plans);
      return { plans: [], feasible: present.feasible, evaluated: table.nodeCount, pinned: undefined };
    });
    // Nothing fits: the other way round knows why.
    if (present.feasible === 0) return undefined;
    let row = 0;
    phases.score(present.feasible, () => {
      row = present.totals.pick(random);
    });
    const score = present.feasible === 1 ? 0 : present.totals.at(row);
    return { outcome: 'placed', nodeName: table.nodeAt(row).metadata.name, feasible: present.feasible, evaluated: table.nodeCount, score };
  }

  /** An entry that a policy's fault left half done must not be used again. */
  #refresh(shape: string, entry: ShapeEntry, plans: RowPlans): void {
    try {
      refreshEntry(entry, plans, this.#options.table, this.#scratch);
    } catch (error) {
      this.#shapes.drop(shape);
      throw error;
    }
  }

  #decideAfresh(pod: PodInfo, policies: PolicySet, phases: Phases): Decision {
    const { table, random, onFault } = this.#options;
    const scratch = this.#scratch;
    const enough = enoughNodes(table.nodeCount, this.#options.percentageOfNodesToScore);
    const start = this.#start < table.nodeCount ? this.#start : 0;
    const found = phases.filter(() => runFilters({ pod, table, policies, scratch, start, enough }));
    if (found.feasible === 0) return { outcome: 'unfit', diagnosis: diagnose(table, scratch, found) };
    if (found.pinned === undefined) this.#start = (start + found.evaluated) % table.nodeCount;
    const placed = (at: number): Decision => ({
      outcome: 'placed',
      nodeName: table.nodeAt(scratch.feasible[at]!).metadata.name,
      feasible: found.feasible,
      evaluated: found.evaluated,
      score: found.feasible === 1 ? 0 : scratch.totals[at]!,
    });
    if (found.feasible === 1) return placed(0);
    phases.score(found.feasible, () => runScores({ pod, table, policies, scratch, feasible: found.feasible, onFault }));
    return placed(pickBest(scratch.totals, found.feasible, random));
  }
}
