import { resolve } from 'node:path';
import { chooseDistribution } from '../cluster/distribution.ts';
import { CliError, ExitCode } from '../errors.ts';
import { formatOf, print } from '../output/print.ts';
import { progressOn } from '../output/progress.ts';
import type { World } from '../world.ts';

interface DistroFlags {
  readonly distribution?: string;
  readonly output?: string;
}

/** `keelson distro check [FILE]`: every problem at once, without starting anything. */
export async function distroCheck(world: World, file: string | undefined, flags: DistroFlags): Promise<number> {
  const { resolved, plugins } = await inspected(world, file ?? flags.distribution);
  const warnings = plugins.length > 0 ? [] : ['it has no plugins, so that only the API server would run; for a whole cluster write extends: [standard]'];
  for (const warning of warnings) world.err.write(`warning: distribution ${resolved.name}: ${warning}\n`);
  print(world.out, formatOf(flags.output), { distribution: resolved.name, version: resolved.version, plugins: plugins.length, problems: [], warnings }, () => `distribution ${resolved.name} ${resolved.version}: ${plugins.length} plugins, no problems`);
  return ExitCode.ok;
}

/** `keelson distro explain PLUGIN`: why it is there and what it is connected with. */
export async function distroExplain(world: World, plugin: string, flags: DistroFlags): Promise<number> {
  const inspection = await inspected(world, flags.distribution);
  const { explain } = await import('@keelson/distro');
  const text = explain(inspection, plugin);
  const full = inspection.resolved.plugins.has(plugin) ? plugin : `@keelson/${plugin}`;
  print(world.out, formatOf(flags.output), { ...inspection.plugins.find((status) => status.name === full), why: inspection.resolved.plugins.get(full)?.why }, () => text);
  return ExitCode.ok;
}

/** `keelson distro graph`: the start order with its edges; `-o dot` for Graphviz. */
export async function distroGraph(world: World, file: string | undefined, flags: DistroFlags): Promise<number> {
  const form = flags.output ?? 'text';
  if (form !== 'text' && form !== 'json' && form !== 'dot') throw new CliError('KEEL_USAGE_OUTPUT', `unknown output format "${form}": use json, dot or leave it out`);
  const { graph } = await import('@keelson/distro');
  world.out.write(`${graph(await inspected(world, file ?? flags.distribution), form)}\n`);
  return ExitCode.ok;
}

/** `keelson distro build FILE`: one runnable file with its manifests. */
export async function distroBuild(world: World, file: string, flags: { readonly outDir?: string; readonly output?: string }): Promise<number> {
  const format = formatOf(flags.output);
  if (world.artifactProgram === undefined) throw new CliError('KEEL_ENVIRONMENT_BUILD', 'artifacts are built in a checkout of keelson: clone it and run npx keelson distro build there');
  const { resolved } = await inspected(world, file);
  const build = await world.parts.loadBuilder();
  const progress = progressOn(world.err, world.clock);
  progress.step(`Build ${resolved.name} ${resolved.version}`);
  const outDir = resolve(world.cwd, flags.outDir ?? `dist/${resolved.name}`);
  const files = await build({ distribution: resolved, file: resolve(world.cwd, file), outDir, program: { module: world.artifactProgram, export: 'runDistribution' } });
  progress.done();
  print(world.out, format, { distribution: resolved.name, version: resolved.version, outDir, files }, () => files.join('\n'));
  return ExitCode.ok;
}

async function inspected(world: World, from: string | undefined) {
  const { inspect } = await import('@keelson/distro');
  return inspect((await chooseDistribution(world, from)).resolved);
}
