import type { Problem } from './problem.ts';
import type { Edge, EdgeKind, Unit } from './unit.ts';

/** Adds "`from` starts after `to`" once; a plugin never waits for itself. */
export function connect(from: Unit, to: Unit, kind: EdgeKind, via: string): void {
  if (from === to && kind === 'point') return;
  if (from.edges.some((edge) => edge.to === to && edge.via === via)) return;
  from.edges.push({ to, kind, via });
  to.dependents.push({ unit: from, kind });
}

/** Topological order by edges alone, ties by name; what is in or behind a cycle is in `rest`. */
export function topological(units: readonly Unit[]): { readonly sorted: readonly Unit[]; readonly rest: readonly Unit[] } {
  const waitsFor = new Map<Unit, number>(units.map((unit) => [unit, new Set(unit.edges.map((edge) => edge.to)).size]));
  const byName = (a: Unit, b: Unit): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  let ready = units.filter((unit) => waitsFor.get(unit) === 0).sort(byName);
  const sorted: Unit[] = [];
  while (ready.length > 0) {
    const next = ready.shift()!;
    sorted.push(next);
    const freed = [...new Set(next.dependents.map((dependent) => dependent.unit))].filter((unit) => {
      const left = (waitsFor.get(unit) ?? 0) - 1;
      waitsFor.set(unit, left);
      return left === 0;
    });
    if (freed.length > 0) ready = [...ready, ...freed].sort(byName);
  }
  const done = new Set(sorted);
  return { sorted, rest: units.filter((unit) => !done.has(unit)) };
}

/** One problem per independent cycle, each with the path that closes it. */
export function cycleProblems(rest: readonly Unit[]): readonly Problem[] {
  const problems: Problem[] = [];
  const reported = new Set<Unit>();
  const inRest = new Set(rest);
  for (const unit of [...rest].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (reported.has(unit)) continue;
    const cycle = cycleThrough(unit, inRest);
    if (cycle === undefined || cycle.some((edge) => reported.has(edge.to))) continue;
    for (const edge of cycle) reported.add(edge.to);
    problems.push(cycleProblem(unit, cycle));
  }
  return problems;
}

/** Shortest way from a unit back to itself, breadth first. */
function cycleThrough(start: Unit, among: ReadonlySet<Unit>): readonly Edge[] | undefined {
  const cameBy = new Map<Unit, { readonly from: Unit; readonly edge: Edge }>();
  const queue: Unit[] = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const edge of at.edges) {
      if (!among.has(edge.to) || cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, { from: at, edge });
      if (edge.to === start) return pathBack(start, cameBy);
      queue.push(edge.to);
    }
  }
  return undefined;
}

function pathBack(start: Unit, cameBy: ReadonlyMap<Unit, { readonly from: Unit; readonly edge: Edge }>): readonly Edge[] {
  const path: Edge[] = [];
  let at = start;
  do {
    const step = cameBy.get(at)!;
    path.unshift(step.edge);
    at = step.from;
  } while (at !== start);
  return path;
}

function cycleProblem(start: Unit, cycle: readonly Edge[]): Problem {
  const lines: string[] = [];
  let from = start;
  for (const edge of cycle) {
    lines.push(`${from.name} requires ${edge.via} from ${edge.to.name}`);
    from = edge.to;
  }
  const point = cycle.find((edge) => edge.kind === 'point');
  return {
    code: 'KEEL_CYCLE',
    place: start.name,
    what: cycle.length === 1 ? 'waits for itself' : `waits for itself through ${cycle.slice(0, -1).map((edge) => edge.to.name).join(', ')}`,
    cause: lines.join('\n'),
    remedy: point === undefined ? 'split one of them, so that what both need is a plugin of its own' : `require live(${point.via}) instead, if it may start before those that fill the point`,
  };
}
