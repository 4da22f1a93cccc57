import type { PluginStatus } from '@keelson/kernel/host';
import { chooseDistribution } from '../cluster/distribution.ts';
import { findCluster, requireRunning, type ClusterFlags } from '../cluster/find.ts';
import { CliError, ExitCode } from '../errors.ts';
import { age, formatOf, print, table } from '../output/print.ts';
import type { World } from '../world.ts';

type PluginFlags = ClusterFlags & { readonly output?: string; readonly distribution?: string };

/** Where the API server shows the states of plugins to cluster administrators: `{"plugins": PluginStatus[]}`. */
export const pluginsPath = '/debug/keelson/plugins';

/** `keelson plugin list`: the plugins of the running cluster with their states, or those that a distribution would run. */
export async function pluginList(world: World, flags: PluginFlags): Promise<number> {
  const { plugins, running } = await pluginsOf(world, flags);
  const now = world.clock.now();
  print(world.out, formatOf(flags.output), plugins, () =>
    table(
      ['NAME', 'VERSION', 'KIND', ...(running ? ['STATE', 'AGE', 'FAULTS'] : []), 'SUMMARY'],
      [...plugins].sort((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1)).map((plugin) => [plugin.name, plugin.version, plugin.kind, ...(running ? [plugin.state, age(now - plugin.since), String(plugin.faults)] : []), plugin.summary]),
    ),
  );
  return ExitCode.ok;
}

/** `keelson plugin describe NAME`; the scope `@keelson/` may be left out, and the kind where that leaves one plugin. */
export async function pluginDescribe(world: World, name: string, flags: PluginFlags): Promise<number> {
  const { plugins, running } = await pluginsOf(world, flags);
  const plugin = findPlugin(plugins, name);
  if (plugin === undefined) throw new CliError('KEEL_UNKNOWN_PLUGIN', `there is no plugin "${name}" here; list them with: keelson plugin list`);
  const users = plugins.flatMap((other) => other.edges.filter((edge) => edge.to === plugin.name).map((edge) => `${other.name} (${edge.via})`));
  print(world.out, formatOf(flags.output), plugin, () => [
    ...(running ? [`State:         ${plugin.state}, ${plugin.faults} faults, ${plugin.restarts} restarts`] : []),
    ...(plugin.lastError === undefined ? [] : [`Last error:    ${plugin.lastError}`]),
    ...list('Starts after', plugin.edges.map((edge) => `${edge.to} (${edge.via}${edge.kind === 'optional' ? ', optional' : ''})`)),
    ...list('Needed by', users),
    ...list('Fills', plugin.fills),
  ].reduce((text, line) => `${text}\n${line}`, `Name:          ${plugin.name}\nVersion:       ${plugin.version}\nKind:          ${plugin.kind}\nSummary:       ${plugin.summary}`));
  return ExitCode.ok;
}

function findPlugin(plugins: readonly PluginStatus[], name: string): PluginStatus | undefined {
  const exact = plugins.find((candidate) => candidate.name === name || candidate.name === `@keelson/${name}`);
  if (exact !== undefined) return exact;
  const short = plugins.filter((candidate) => candidate.name === `@keelson/${candidate.kind}-${name}`);
  return short.length === 1 ? short[0] : undefined;
}

async function pluginsOf(world: World, flags: PluginFlags): Promise<{ readonly plugins: readonly PluginStatus[]; readonly running: boolean }> {
  if (flags.distribution === undefined && findCluster(world, flags).running !== undefined) {
    const { state, access } = requireRunning(world, flags);
    const answer = await world.clusterApi.get(access, pluginsPath);
    if (answer.status !== 200) throw new CliError('KEEL_API_PLUGINS', `cluster "${state.name}" answered ${answer.status} for its plugins: ${answer.body.trim()}`);
    return { plugins: (JSON.parse(answer.body) as { plugins: PluginStatus[] }).plugins, running: true };
  }
  const { inspect } = await import('@keelson/distro');
  const { resolved } = await chooseDistribution(world, flags.distribution);
  return { plugins: inspect(resolved).plugins, running: false };
}

function list(title: string, items: readonly string[]): string[] {
  return items.map((item, i) => `${i === 0 ? `${title}:`.padEnd(15) : ' '.repeat(15)}${item}`);
}
