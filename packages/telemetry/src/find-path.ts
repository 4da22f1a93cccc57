import { buildTree, walk, type TraceNode } from './tree.ts';
import type { SpanRecord } from './record.ts';

/** A step of a path: the exact span name, or a pattern for it. */
export type PathStep = string | RegExp;

/** The spans that make the path, or how far the best attempt came. */
export type PathResult =
  | { readonly found: true; readonly path: readonly SpanRecord[] }
  | { readonly found: false; readonly reached: readonly SpanRecord[]; readonly missing: PathStep };

/**
 * Looks for spans with these names that follow from one another in one causal tree. A span follows from another when
 * it lies below it, or below its parent and started no earlier (the hand-over to watchers follows the write of the
 * same request). Pure; serves `trace.expectPath` in tests.
 */
export function findPath(spans: readonly SpanRecord[], steps: readonly PathStep[]): PathResult {
  const first = steps[0];
  if (first === undefined) return { found: true, path: [] };
  const roots = buildTree(spans);
  const search = new PathSearch(steps, parentsOf(roots));
  for (const node of walk(roots)) {
    if (matches(first, node.span) && search.from(node, 1, [node.span])) return { found: true, path: search.best };
  }
  return { found: false, reached: search.best, missing: steps[search.best.length]! };
}

class PathSearch {
  readonly #steps: readonly PathStep[];
  readonly #parents: ReadonlyMap<TraceNode, TraceNode>;
  /** Nodes from which a step was already tried in vain. */
  readonly #dead = new Map<TraceNode, Set<number>>();
  best: readonly SpanRecord[] = [];

  constructor(steps: readonly PathStep[], parents: ReadonlyMap<TraceNode, TraceNode>) {
    this.#steps = steps;
    this.#parents = parents;
  }

  from(node: TraceNode, index: number, path: readonly SpanRecord[]): boolean {
    if (path.length > this.best.length) this.best = path;
    const step = this.#steps[index];
    if (step === undefined) return true;
    const dead = this.#dead.get(node) ?? new Set();
    if (dead.has(index)) return false;
    for (const next of this.#followers(node)) {
      if (matches(step, next.span) && this.from(next, index + 1, [...path, next.span])) return true;
    }
    this.#dead.set(node, dead.add(index));
    return false;
  }

  *#followers(node: TraceNode): IterableIterator<TraceNode> {
    yield* walk(node.children);
    const parent = this.#parents.get(node);
    if (!parent) return;
    for (const sibling of parent.children) {
      if (sibling !== node && isNotBefore(sibling.span, node.span)) yield* walk([sibling]);
    }
  }
}

function isNotBefore(span: SpanRecord, other: SpanRecord): boolean {
  return span.start > other.start || (span.start === other.start && span.seq > other.seq);
}

function matches(step: PathStep, span: SpanRecord): boolean {
  return typeof step === 'string' ? span.name === step : step.test(span.name);
}

function parentsOf(roots: readonly TraceNode[]): ReadonlyMap<TraceNode, TraceNode> {
  const parents = new Map<TraceNode, TraceNode>();
  for (const node of walk(roots)) for (const child of node.children) parents.set(child, node);
  return parents;
}
