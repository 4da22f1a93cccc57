import { definePlugin, silentLogger, type Plugin, type PluginInstance, type Requirement, type Resolved, type Setup } from '@keelson/sdk';
import { createHost, type Host, type HostOptions } from '../index.ts';
import { ManualClock } from './manual-clock.ts';

/** A plugin with everything unimportant filled in. */
export function plugin<const R extends Readonly<Record<string, Requirement>>>(
  name: string,
  rest: Partial<Omit<Plugin, 'setup' | 'requires' | 'name'>> & { readonly requires?: R; readonly setup?: (dependencies: Resolved<R> & { readonly config: any }) => Setup } = {},  
): Plugin {
  return definePlugin({ name, version: '1.0.0', kind: 'extension', summary: 'a test plugin', setup: () => [], ...rest } as Plugin) as Plugin;
}

/** A host over the plugins, with a clock that the test moves. */
export function hostOf(plugins: readonly Plugin[], options: Partial<HostOptions> = {}): { readonly host: Host; readonly clock: ManualClock } {
  const clock = new ManualClock();
  return { host: createHost({ plugins: plugins.map((use) => ({ use, config: undefined })), log: silentLogger, clock, ...options }), clock };
}

/** Hooks that write what happens into `log`. */
export function recorded(log: string[], name: string, rest: Partial<PluginInstance> = {}): PluginInstance {
  return {
    start: () => void log.push(`start ${name}`),
    ready: () => void log.push(`ready ${name}`),
    drain: () => void log.push(`drain ${name}`),
    stop: () => void log.push(`stop ${name}`),
    ...rest,
  };
}

/** Name and state of each plugin. */
export function states(host: Host): Readonly<Record<string, string>> {
  return Object.fromEntries(host.status().map(({ name, state }) => [name, state]));
}
