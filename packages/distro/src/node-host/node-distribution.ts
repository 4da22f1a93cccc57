import { KeelsonError } from '@keelson/sdk';
import { mergeConfig, resolveDistribution, type ResolvedDistribution } from '../resolve.ts';
import type { NodeConfig } from './node-config.ts';

/** The node preset as a node's configuration wants it. Throws KEEL_BAD_NODE_CONFIG for a plugin that is not in it. */
export async function nodeDistribution({ without, plugins: configs }: Pick<NodeConfig, 'without' | 'plugins'>): Promise<ResolvedDistribution> {
  const { node } = await import('../presets/node.ts');
  const resolved = resolveDistribution(node);
  const plugins = new Map(resolved.plugins);
  for (const name of [...without, ...Object.keys(configs)]) {
    if (!plugins.has(name)) throw new KeelsonError('KEEL_BAD_NODE_CONFIG', `plugin ${name} is not in the node preset; there are: ${[...plugins.keys()].join(', ')}`);
  }
  for (const name of without) plugins.delete(name);
  for (const [name, config] of Object.entries(configs)) {
    const listed = plugins.get(name);
    if (listed !== undefined) plugins.set(name, { ...listed, config: mergeConfig(listed.config, config), why: [...listed.why, "the node's configuration configures it"] });
  }
  return { ...resolved, plugins };
}
