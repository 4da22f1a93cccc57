import type { Inspection } from './inspect.ts';

/** Forms of a graph. */
export type GraphFormat = 'text' | 'json' | 'dot';

/** The start order of a distribution with its edges. */
export function graph({ resolved, plugins }: Inspection, format: GraphFormat): string {
  if (format === 'json') {
    const nodes = plugins.map(({ name, version, kind, summary, edges, fills }) => ({ name, version, kind, summary, startsAfter: edges, fills }));
    return JSON.stringify({ distribution: resolved.name, version: resolved.version, plugins: nodes }, undefined, 2);
  }
  if (format === 'dot') {
    const edges = plugins.flatMap((plugin) => plugin.edges.map((edge) => `  ${JSON.stringify(plugin.name)} -> ${JSON.stringify(edge.to)} [label=${JSON.stringify(edge.via)}${edge.kind === 'token' ? '' : ', style=dashed'}];`));
    return [`digraph ${JSON.stringify(resolved.name)} {`, '  rankdir=BT;', ...plugins.map(({ name, kind }) => `  ${JSON.stringify(name)} [group=${JSON.stringify(kind)}];`), ...edges, '}'].join('\n');
  }
  const wave = new Map<string, number>();
  for (const { name, edges } of plugins) wave.set(name, Math.max(0, ...edges.map((edge) => (wave.get(edge.to) ?? 0) + 1)));
  const width = Math.max(0, ...plugins.map(({ name }) => name.length));
  const lines = [...plugins]
    .sort((a, b) => wave.get(a.name)! - wave.get(b.name)! || (a.name < b.name ? -1 : 1))
    .map(({ name, edges }) => `${String(wave.get(name)! + 1).padStart(2)}  ${name.padEnd(width)}  ${edges.length === 0 ? '' : `after ${[...new Set(edges.map((edge) => edge.to))].join(', ')}`}`.trimEnd());
  return [`${resolved.name} ${resolved.version}: ${plugins.length} plugins`, ...lines].join('\n');
}
