import type { ResolvedDistribution } from '@keelson/distro';
import { CliError } from '../errors.ts';
import type { World } from '../world.ts';

/** A distribution with the name of where it came from. */
export interface ChosenDistribution {
  readonly resolved: ResolvedDistribution;
  /** Preset or file, as the user wrote it. */
  readonly from: string;
}

/** Loads and merges what `--distribution` names; default: the preset `standard`. Problems stay in the answer, unread files throw. */
export async function chooseDistribution(world: World, given: string | undefined): Promise<ChosenDistribution> {
  const from = given ?? 'standard';
  const { loadDistribution, resolveDistribution } = await import('@keelson/distro');
  if (given === undefined && world.ownDistribution !== undefined) return { resolved: resolveDistribution(world.ownDistribution), from: world.ownDistribution.name };
  if (!/[./]/.test(from)) {
    const presets = await world.parts.loadPresets();
    const preset = presets.get(from);
    if (preset !== undefined) return { resolved: resolveDistribution(preset), from };
    throw new CliError('KEEL_UNKNOWN_DISTRIBUTION', `there is no distribution "${from}": use ${[...presets.keys()].sort().join(', ')} or the path of a distribution file, for example ./${from}.ts`);
  }
  const { provideHostModules } = await import('../host-modules.ts');
  provideHostModules();
  const { distribution, source } = await loadDistribution(from, { from: world.cwd });
  return { resolved: resolveDistribution(distribution, source), from };
}
