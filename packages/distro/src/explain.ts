import { nearest } from '@keelson/kernel/host';
import { KeelsonError } from '@keelson/sdk';
import type { Inspection } from './inspect.ts';

/**
 * Why a plugin is in the distribution and what it is connected with, as text for a terminal.
 * @throws KEEL_UNKNOWN_PLUGIN
 */
export function explain({ resolved, plugins }: Inspection, name: string): string {
  const full = resolved.plugins.has(name) ? name : `@keelson/${name}`;
  const listed = resolved.plugins.get(full);
  const status = plugins.find((plugin) => plugin.name === full);
  if (listed === undefined || status === undefined) throw unknown({ resolved, plugins }, name);
  const users = plugins.flatMap((plugin) => plugin.edges.filter((edge) => edge.to === full).map((edge) => `${plugin.name}  (${edge.via})`));
  const rows: [string, readonly string[]][] = [
    ['why', listed.why],
    ['starts after', status.edges.map((edge) => `${edge.to}  (${edge.via}${edge.kind === 'optional' ? ', optional' : ''})`)],
    ['needed by', users],
    ['provides', (listed.plugin.provides ?? []).map((item) => item.key)],
    ['fills', status.fills],
    ['configuration', listed.config === undefined ? ['defaults'] : JSON.stringify(listed.config, undefined, 2).split('\n')],
    ['on failure', [resolved.onFailure[full] ?? listed.plugin.onFailure ?? 'default of its kind']],
  ];
  const head = `${full} ${status.version}\n  ${status.summary}`;
  return [head, ...rows.filter(([, lines]) => lines.length > 0).map(([title, lines]) => `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`)].join('\n');
}

function unknown({ resolved }: Inspection, name: string): KeelsonError {
  const gone = resolved.absent.find(({ plugin }) => plugin.name === name || plugin.name === `@keelson/${name}`);
  const near = nearest(name, [...resolved.plugins.keys()].flatMap((known) => [known, known.replace('@keelson/', '')]));
  const way = gone !== undefined ? `it ${gone.why}` : near !== undefined ? `did you mean ${near}?` : '"keelson distro graph" lists what is there';
  return new KeelsonError('KEEL_UNKNOWN_PLUGIN', `${name} is not in distribution ${resolved.name}: ${way}`);
}
