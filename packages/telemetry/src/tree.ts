import { byStart } from './ring.ts';
import type { SpanRecord } from './record.ts';

/** A span with what it caused. */
export interface TraceNode {
  readonly span: SpanRecord;
  /** `child`: by parent; `linked`: root of another trace that links here; `orphan`: its parent is not among the spans. */
  readonly relation: 'root' | 'child' | 'linked' | 'orphan';
  readonly children: readonly TraceNode[];
}

interface Growing {
  span: SpanRecord;
  relation: TraceNode['relation'];
  children: Growing[];
}

/**
 * Builds the tree of the spans given, across traces: the root of a trace that links to a span of another one hangs
 * below that span. Spans whose parent is missing hang below the root of their own trace. Several unrelated traces
 * give several roots. Pure; siblings come by start time.
 */
export function buildTree(spans: readonly SpanRecord[]): readonly TraceNode[] {
  const nodes = new Map<string, Growing>();
  for (const span of [...spans].sort(byStart)) nodes.set(keyOf(span.traceId, span.spanId), { span, relation: 'root', children: [] });
  const rootOf = new Map<string, Growing>();
  for (const node of nodes.values()) {
    if (node.span.parentSpanId === undefined && !rootOf.has(node.span.traceId)) rootOf.set(node.span.traceId, node);
  }
  const roots: Growing[] = [];
  const above = new Map<Growing, Growing>();
  const hang = (node: Growing, under: Growing, relation: TraceNode['relation']): void => {
    node.relation = relation;
    under.children.push(node);
    above.set(node, under);
  };
  for (const node of nodes.values()) {
    const { traceId, parentSpanId } = node.span;
    if (parentSpanId === undefined) continue;
    const parent = nodes.get(keyOf(traceId, parentSpanId));
    const root = rootOf.get(traceId);
    if (parent && parent !== node && !isAbove(node, parent, above)) hang(node, parent, 'child');
    else if (root) hang(node, root, 'orphan');
    else {
      // The root itself is gone or in another process: the first orphan stands in for it.
      rootOf.set(traceId, node);
      node.relation = 'orphan';
    }
  }
  for (const node of nodes.values()) {
    if (above.has(node)) continue;
    const target = node.span.links.map((link) => nodes.get(keyOf(link.traceId, link.spanId))).find((found) => found !== undefined && found !== node && !isAbove(node, found, above));
    if (target) hang(node, target, 'linked');
    else roots.push(node);
  }
  for (const node of nodes.values()) node.children.sort((a, b) => byStart(a.span, b.span));
  return roots.sort((a, b) => byStart(a.span, b.span));
}

/** Walks trees depth first, in order. Iterative: traces are deep, and delegating generators cost their depth at each step. */
export function* walk(nodes: readonly TraceNode[]): IterableIterator<TraceNode> {
  const stack = [...nodes].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i]!);
  }
}

/** True if `candidate` is `node` or lies above it: hanging `candidate` below `node` would close a circle. */
function isAbove(candidate: Growing, node: Growing, above: ReadonlyMap<Growing, Growing>): boolean {
  for (let at: Growing | undefined = node; at !== undefined; at = above.get(at)) if (at === candidate) return true;
  return false;
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId}/${spanId}`;
}
