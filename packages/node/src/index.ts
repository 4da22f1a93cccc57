export { NodeAgent, type NodeAgentOptions } from './node-agent.ts';
export { agentSettings, type AgentSettings } from './agent-settings.ts';
export { podAccess, type LocatedPod } from './logs/pod-access.ts';
export { socketProber } from './probe/network-prober.ts';
export type { NetworkProber, NetworkTarget } from './probe/probe-action.ts';
