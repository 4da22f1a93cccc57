import { apiClient, InformerFactory, newObject } from '@keelson/client';
import { Namespace } from '@keelson/api/core/v1';
import { ApiServer, stampRevision } from '@keelson/kernel/apiserver';
import { openMemoryStore } from '@keelson/kernel/storage';
import { runController, type RunningController } from '@keelson/reconcile';
import { ApiClient, Clock, Logger, Random, silentLogger, Tracer, type Contributions, type Plugin, type PluginInstance, type Provision, seededRandom } from '@keelson/sdk';
import { AdmissionHandlers, type AdmissionHandler } from '@keelson/sdk/admission';
import { Controllers, type ControllerDeclaration } from '@keelson/sdk/controller';
import { noopTracer } from '@keelson/telemetry';
import { settled, VirtualClock } from './virtual-clock.ts';

/** A plugin under test with its configuration and what it requires beyond client, clock, random and logger. */
export interface PluginUnderTest {
  readonly plugin: Plugin;
  readonly config?: unknown;
  readonly given?: readonly Provision[];
}

/**
 * The real API server over a memory store with a virtual clock, and the given plugins with exactly the permissions of
 * their manifests: without scheduler, nodes or the other controllers that `cluster` brings, and so without what they do.
 */
export async function pluginCluster(...plugins: readonly (PluginUnderTest | Plugin)[]) {
  const clock = new VirtualClock();
  const random = seededRandom('11');
  const store = openMemoryStore({ clock, stamp: stampRevision });
  const handlers: AdmissionHandler[] = [];
  const server = await ApiServer.start({
    store, clock, random: random.fork('server'), log: silentLogger, tracer: noopTracer,
    admission: contributions(handlers), authenticators: contributions([]), authorizers: contributions([]),
  });
  const admin = apiClient(server.transportFor({ name: 'admin', groups: ['system:masters'] }));
  const running: RunningController[] = [];
  const instances: PluginInstance[] = [];
  const stopInformers: (() => void)[] = [];

  const start = async (use: PluginUnderTest | Plugin): Promise<void> => {
    const { plugin, config, given = [] } = 'plugin' in use ? use : { plugin: use };
    const api = apiClient(server.transportForPlugin(plugin.name, plugin.rbac ?? []));
    const own = random.fork(plugin.name);
    const services = new Map<string, unknown>([
      [ApiClient.key, api], [Clock.key, clock], [Random.key, own], [Logger.key, silentLogger], [Tracer.key, noopTracer],
      ...given.map(({ provisionOf, value }) => [provisionOf, value] as const),
    ]);
    const requires = Object.entries((plugin.requires ?? {}) as Record<string, { readonly key: string }>);
    const resolved = Object.fromEntries(requires.map(([name, { key }]) => [name, services.get(key)]));
    const setup = plugin.setup({ ...resolved, config: plugin.config?.parse(config ?? {}) ?? {} }) as PluginInstance | readonly { readonly contributionTo?: string; readonly value: unknown }[];
    const provides = Array.isArray(setup) ? (setup as NonNullable<PluginInstance['provides']>) : ((setup as PluginInstance).provides ?? []);
    if (!Array.isArray(setup)) instances.push(setup as PluginInstance);
    const informers = new InformerFactory({ client: api, clock, random: own, log: silentLogger });
    stopInformers.push(() => informers.stop());
    for (const contribution of provides) {
      if (!('contributionTo' in contribution)) continue;
      if (contribution.contributionTo === AdmissionHandlers.key) handlers.push(contribution.value as AdmissionHandler);
      if (contribution.contributionTo === Controllers.key) {
        const declaration = contribution.value as ControllerDeclaration;
        running.push(runController(declaration, { api, informers, clock, random: own.fork(declaration.name), log: silentLogger }));
      }
    }
    if (!Array.isArray(setup)) {
      const { signal } = new AbortController();
      await (setup as PluginInstance).start?.({ signal });
      await (setup as PluginInstance).ready?.({ signal });
    }
  };
  for (const plugin of plugins) await start(plugin);
  await Promise.all(running.map(({ synced }) => synced));
  await settled();

  return {
    clock, admin, server, running, start,
    /** Lets everything happen that waits for nothing but promises. */
    settle: async () => {
      for (let turn = 0; turn < 5; turn++) await settled();
    },
    namespace: (name: string) => admin.create(newObject(Namespace, { metadata: { name } })),
    async stop() {
      for (const controller of running) await controller.stop();
      for (const stop of stopInformers) stop();
      const { signal } = new AbortController();
      for (const instance of instances) {
        await instance.drain?.({ signal });
        await instance.stop?.({ signal });
      }
      server.close();
      await store.close();
    },
  };
}

/** A running {@link pluginCluster}. */
export type PluginCluster = Awaited<ReturnType<typeof pluginCluster>>;

function contributions<T>(values: readonly T[]): Contributions<T> {
  return { values, entries: [], onChange: () => () => undefined, [Symbol.iterator]: () => values[Symbol.iterator]() };
}
