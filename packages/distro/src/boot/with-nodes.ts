import { join } from 'node:path';
import { mergeConfig, type Listed, type ResolvedDistribution } from '../resolve.ts';

/** How many nodes this process runs, and on which runtime. */
export interface NodeChoice {
  readonly nodes: number;
  readonly runtime: 'sim' | 'process';
  /** Of the cluster; processes work below it. */
  readonly dataDir: string;
}

const agent = '@keelson/node';
const processRuntime = '@keelson/runtime-process';

/**
 * The distribution with the node agent set as the command line asks. The process runtime is in no preset, since it
 * starts programs on this machine: asking for it is what adds it.
 */
export async function withNodes(distribution: ResolvedDistribution, choice: NodeChoice): Promise<ResolvedDistribution> {
  const plugins = new Map(distribution.plugins);
  const { nodes, runtime } = choice;
  const listed = plugins.get(agent);
  if (listed !== undefined) plugins.set(agent, { ...listed, config: mergeConfig(listed.config, { nodes, runtime }), why: [...listed.why, 'the command line sets nodes and runtime'] });
  if (runtime === 'process' && !plugins.has(processRuntime)) {
    const { runtimeProcess: plugin } = await import('../presets/opt-in.ts');
    plugins.set(processRuntime, { plugin, config: { root: join(choice.dataDir, 'process') }, why: ['--runtime process adds it'], place: '--runtime process' } satisfies Listed as Listed);
  }
  return { ...distribution, plugins };
}
