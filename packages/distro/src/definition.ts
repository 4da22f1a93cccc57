import type { FailurePolicy, Plugin, PluginUse } from '@keelson/sdk';

/** What a distribution file exports: a value, made of data and imported plugins; no I/O, no environment. */
export interface Distribution {
  /** Lower-case, as in file names (`acme-edge`). */
  readonly name: string;
  readonly version: string;
  /** Merged left to right; everything below applies to the result. */
  readonly extends?: readonly Distribution[];
  /** Names of plugins to leave out. */
  readonly remove?: readonly string[];
  /** Name of a plugin → what takes its place; it must provide all that the replaced one does. */
  readonly replace?: Readonly<Record<string, Plugin | PluginUse>>;
  /** Configuration for plugins that are there already; merged key by key. */
  readonly configure?: readonly PluginUse[];
  /** Plugins to add. */
  readonly plugins?: readonly (Plugin | PluginUse)[];
  /** Key of an ordered point → names of all its contributions, first to last. */
  readonly order?: Readonly<Record<string, readonly string[]>>;
  /** Name of a plugin → what to do when it fails. */
  readonly onFailure?: Readonly<Record<string, FailurePolicy>>;
}

/** What may be given for a configuration of type C: any part of it, the rest comes from defaults or is reported. */
export type ConfigInput<C> = C extends readonly unknown[] ? C : C extends object ? { readonly [K in keyof C]?: ConfigInput<C[K]> | undefined } : C;

/** Checks the types of a distribution; at run time it only freezes the object. */
export function defineDistribution(distribution: Distribution): Distribution {
  return Object.freeze(distribution);
}

/** A plugin with its configuration; a wrong key or type fails in the editor. */
export function use<C>(plugin: Plugin<C>, config?: ConfigInput<C>): PluginUse {
  return Object.freeze({ use: plugin as Plugin, config });
}

/** A plugin listed without `use` takes its defaults. */
export function asUse(listed: Plugin | PluginUse): PluginUse {
  return typeof listed === 'object' && listed !== null && 'use' in listed ? listed : { use: listed, config: undefined };
}
