import { ApiClient, type Logger, type Origin, type Plugin } from '@keelson/sdk';
import type { ScopedService } from './options.ts';
import type { KernelContainer } from './wiring/kernel-container.ts';
import type { PluginScope } from './wiring/plugin-scope.ts';

/** What an origin is made from. */
export interface OriginParts {
  readonly plugin: Plugin;
  readonly log: Logger;
  readonly services: ReadonlyMap<string, unknown>;
  /** The plugin's present container. */
  readonly scope: () => PluginScope | undefined;
  readonly scoped: readonly ScopedService[];
  readonly container: KernelContainer;
}

/**
 * Who a contribution comes from, with the contributor's own client, also where it did not ask for one. The client is
 * made at the first read and kept as long as what it is made from stays the same, so that reading it costs next to nothing.
 */
export function originOf(parts: OriginParts): Origin {
  const { plugin, log, services, container } = parts;
  const service = parts.scoped.find(({ token }) => token.key === ApiClient.key);
  let kept: { readonly scope: PluginScope | undefined; readonly from: readonly unknown[]; readonly api: ApiClient | undefined } | undefined;
  const client = (): ApiClient | undefined => {
    const own = services.get(ApiClient.key) ?? container.valueOf(ApiClient.key);
    if (own !== undefined || service === undefined) return own as ApiClient | undefined;
    const from = service.from.map(({ key }) => container.valueOf(key));
    if (from.includes(undefined)) return undefined;
    const scope = parts.scope();
    if (kept?.scope === scope && kept?.from.every((value, at) => value === from[at]) === true) return kept.api;
    const api = (scope?.ownsKey(ApiClient.key) === true ? scope.resolve(ApiClient.key) : service.make(plugin, from)) as ApiClient | undefined;
    kept = { scope, from, api };
    return api;
  };
  return Object.freeze({
    plugin: plugin.name,
    log,
    get api() {
      return client();
    },
  });
}
