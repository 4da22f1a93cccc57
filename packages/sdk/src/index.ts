export { Clock } from './clock.ts';
export type { Cancel } from './clock.ts';
export { Random } from './random.ts';
export { seededRandom } from './seeded-random.ts';
export { Tracer } from './tracer.ts';
export { token, optional } from './token.ts';
export type { OptionalToken, Provision, Token } from './token.ts';
export { extensionPoint, live } from './extension-point.ts';
export type { Cardinality, Contribution, ContributionEntry, Contributions, ExtensionPoint, LivePoint, Origin } from './extension-point.ts';
export { Logger, silentLogger } from './logger.ts';
export type { LogFields } from './logger.ts';
export { KeelsonError, Terminal, isKeelsonError, isTerminal } from './errors.ts';
export { StatusError, isStatus, statusErrorFrom } from './status-error.ts';
export type { StatusDetails, StatusReason } from './status-error.ts';
export { ApiClient, ApiTransports } from './api-client.ts';
export type {
  ApiCall, ApiTransport, DeleteOptions, ListOptions, ListResult, ObjectRef, Patch, ResourceAccess, Selection, WatchEvent, WatchHandle,
  WatchHandler, WatchOptions, WriteOptions,
} from './api-client.ts';
export { ServedKinds } from './served-kinds.ts';
export { definedIn, definePlugin, policyRule } from './plugin.ts';
export type {
  FailurePolicy, LifecycleContext, Plugin, PluginClass, PluginInstance, PluginKind, PluginRule, PluginUse, Requirement, Resolved, Setup,
} from './plugin.ts';
