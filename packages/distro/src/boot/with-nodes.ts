import { mergeConfig, type Listed, type ResolvedDistribution } from '../resolve.ts';

/** How many nodes this process runs, and on which runtime. */
export interface NodeChoice {
  readonly nodes: number;
  readonly runtime: 'sim' | 'process';
}

const agent = '@keelson/node';
const processRuntime = '@keelson/runtime-process';

/**
 * The distribution with the node agent set as the command line asks. The process runtime is in no preset, since it
 * starts programs on this machine: asking for it is what adds it.
 */
export async function withNodes(distribution: ResolvedDistribution, choice: NodeChoice): Promise<ResolvedDistribution> {
  const plugins = new Map(distribution.plugins);
  const listed = plugins.get(agent);
  if (listed !== undefined) plugins.set(agent, { ...listed, config: mergeConfig(listed.config, choice), why: [...listed.why, 'the command line sets nodes and runtime'] });
  if (choice.runtime === 'process' && !plugins.has(processRuntime)) {
    const { runtimeProcess: plugin } = await import('../presets/opt-in.ts');
    plugins.set(processRuntime, { plugin, config: undefined, why: ['--runtime process adds it'], place: '--runtime process' } satisfies Listed as Listed);
  }
  return { ...distribution, plugins };
}
