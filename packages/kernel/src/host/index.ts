import 'reflect-metadata'; // first of all: inversify reads decorators through it

export { createHost } from './host.ts';
export type { Host } from './host.ts';
export { defaultLimits, scopedService } from './options.ts';
export type { AbsentPlugin, Establish, HostLimits, HostOptions, OrderRule, ScopedService } from './options.ts';
export { ConfigurationError, formatProblems } from './problem.ts';
export type { Problem, ProblemCode } from './problem.ts';
export type { PluginStatus } from './status.ts';
export type { EdgeKind, PluginState } from './unit.ts';
export { checkManifest, isSemanticVersion, mayFill } from './manifest-check.ts';
export { describeIssue, nearest } from './config-check.ts';
