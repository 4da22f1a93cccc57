export { choicesIn, hostSettings, nodePresetNames } from './host-settings.ts';
export type { AgentHost, HostChoice } from './host-settings.ts';
export { nodeConfig } from './node-config.ts';
export type { NodeConfig } from './node-config.ts';
export { runNode } from './run-node.ts';
export type { NodeOptions, RunningNode } from './run-node.ts';
