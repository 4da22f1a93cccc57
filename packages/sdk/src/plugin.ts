import type { ZodType } from 'zod';
import type { Kind, KubeObject } from '@keelson/api';
import type { PolicyRule } from '@keelson/api/rbac/v1';
import type { Contribution, Contributions, ExtensionPoint, LivePoint } from './extension-point.ts';
import type { OptionalToken, Provision, Token } from './token.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- `any` in these positions is how TypeScript spells "for every T" */

/** What `requires` may hold. */
export type Requirement = Token<any> | OptionalToken<any> | ExtensionPoint<any> | LivePoint<any>;

/** What `setup` gets for each requirement. */
export type Resolved<R extends Readonly<Record<string, Requirement>>> = {
  readonly [K in keyof R]: R[K] extends ExtensionPoint<infer T>
    ? Contributions<T>
    : R[K] extends LivePoint<infer T>
      ? Contributions<T>
      : R[K] extends OptionalToken<infer T>
        ? T | undefined
        : R[K] extends Token<infer T>
          ? T
          : never;
};

/** The main extension point that a plugin fills; its folder in this repository, and part of its name. */
export type PluginKind =
  | 'kernel' | 'controller' | 'scheduler' | 'admission' | 'auth' | 'runtime' | 'cni' | 'proxy' | 'dns' | 'ingress'
  | 'volume' | 'storage' | 'dashboard' | 'node' | 'extension';

/** Handed to every lifecycle hook; `signal` aborts when the hook's time is up or the host stops. */
export interface LifecycleContext {
  readonly signal: AbortSignal;
}

/** A running plugin. Hooks are optional; `stop` is called whenever `start` was, also when it failed. */
export interface PluginInstance {
  /** Contributions and provisions; they become visible when `ready` has resolved. */
  readonly provides?: readonly (Contribution | Provision)[];
  /** Opens sockets, launches loops; 30 s. */
  start?(context: LifecycleContext): Promise<void> | void;
  /** Resolves when the plugin is useful; 60 s. */
  ready?(context: LifecycleContext): Promise<void> | void;
  /** Take no new work, finish what is in flight; 10 s. */
  drain?(context: LifecycleContext): Promise<void> | void;
  /** Release everything; 5 s. */
  stop?(context: LifecycleContext): Promise<void> | void;
  /**
   * Settles only if a background loop fails: a rejection degrades and restarts the plugin.
   * Absent for plugins without loops.
   */
  readonly failed?: Promise<never>;
}

/** A decorated class that the host resolves in the plugin's own container. */
export type PluginClass = new (...args: any[]) => PluginInstance;

export type Setup = readonly (Contribution | Provision)[] | PluginInstance | PluginClass;

/** What a distribution does when the plugin faults for good. */
export type FailurePolicy = 'abort' | 'restart' | 'disable';

/** A plugin: data above `setup`, which tools read without running anything. */
export interface Plugin<C = any, R extends Readonly<Record<string, Requirement>> = any> {
  /** Equal to its package's name. */
  readonly name: string;
  /** Equal to its package's version. */
  readonly version: string;
  readonly kind: PluginKind;
  /** One lower-case line without full stop. */
  readonly summary: string;
  /** A zod `strictObject` with defaults; absent: the plugin takes no configuration. */
  readonly config?: ZodType<C>;
  readonly requires?: R;
  /** Tokens and points it fills beyond the one that `kind` implies. */
  readonly provides?: readonly (Token<any> | ExtensionPoint<any>)[];
  /** Rules of its identity `system:keelson:plugin:<name>`. */
  readonly rbac?: readonly PluginRule[];
  /** Kinds it owns, from `defineKind`. */
  readonly crds?: readonly Kind<KubeObject>[];
  readonly onFailure?: FailurePolicy;
  /** Builds objects, nothing else: synchronous, no I/O, no timers, no environment. */
  setup(dependencies: Resolved<R> & { readonly config: C }): Setup;
  /** A `ContainerModule` of its own for a plugin with a larger inner graph (see architecture, "Inversify"). */
  readonly bindings?: unknown;
}

/** RBAC rule in short form. */
export interface PluginRule {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly names?: readonly string[];
}

/** The full rule that a `PluginRule` stands for. */
export function policyRule(rule: PluginRule): PolicyRule {
  return {
    apiGroups: [...rule.groups],
    resources: [...rule.resources],
    verbs: [...rule.verbs],
    ...(rule.names ? { resourceNames: [...rule.names] } : {}),
  };
}

/** Checks the types of a plugin; at run time it only freezes the object. */
export function definePlugin<C = Record<string, never>, const R extends Readonly<Record<string, Requirement>> = Readonly<Record<never, never>>>(
  plugin: Plugin<C, R>,
): Plugin<C, R> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  const made: { readonly stack?: string } = {};
  Error.captureStackTrace(made, definePlugin);
  Error.stackTraceLimit = stackTraceLimit;
  // Put into words only when somebody asks.
  places.set(plugin, made);
  return Object.freeze(plugin);
}

const places = new WeakMap<Plugin, { readonly stack?: string }>();

/** Path or file URL of the module that called `definePlugin`, for telling whose code an error's stack runs through. */
export function definedIn(plugin: Plugin): string | undefined {
  return /\(?((?:file:|\/)[^()\n]*?):\d+:\d+\)?$/m.exec(places.get(plugin)?.stack ?? '')?.[1];
}

/** A plugin with its configuration, as a distribution lists it. */
export interface PluginUse {
  readonly use: Plugin;
  readonly config: unknown;
}
