import type { Random } from '@keelson/sdk';
import type { PodInfo } from '@keelson/sdk/scheduler';
import type { NodeTable } from '../snapshot/node-table.ts';
import { diagnose, type Diagnosis } from './diagnosis.ts';
import { runFilters, type FilterResult } from './filter-phase.ts';
import type { PolicySet } from './policy-set.ts';
import { enoughNodes } from './sample-size.ts';
import { pickBest, runScores } from './score-phase.ts';
import { Scratch } from './scratch.ts';

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
  #start = 0;

  constructor(options: AlgorithmOptions) {
    this.#options = options;
  }

  /** Throws what a filter policy throws: then it is not known whether the pod may run anywhere. */
  decide(pod: PodInfo, phases: Phases = straight): Decision {
    const { table, random, onFault } = this.#options;
    if (table.nodeCount === 0) return { outcome: 'no-nodes' };
    const policies = this.#options.policies();
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
