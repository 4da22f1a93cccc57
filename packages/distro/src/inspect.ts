import { noopTracer } from '@keelson/telemetry';
import { ApiClient, ApiTransports, Clock, Random, ServedKinds, Tracer, silentLogger, type Provision, type Token } from '@keelson/sdk';
import { CertificateSigner, ClusterAuthority, ServiceAccountTokenSigner } from '@keelson/sdk/auth';
import { createHost, scopedService, type HostOptions, type PluginStatus } from '@keelson/kernel/host';
import { kernelPoints } from './idle-contributions.ts';
import { hostOptionsOf, type ResolvedDistribution } from './resolve.ts';

/** A distribution that was wired once, without starting anything. */
export interface Inspection {
  readonly resolved: ResolvedDistribution;
  /** In start order. */
  readonly plugins: readonly PluginStatus[];
}

/** What the composition root would give the plugins; only its presence matters here. */
export type InspectOptions = Pick<HostOptions, 'provisions' | 'services' | 'scoped' | 'establish' | 'points'>;

/**
 * Wires a distribution with services that do nothing and reports what it would be.
 * @throws ConfigurationError with every problem of the distribution
 */
export function inspect(resolved: ResolvedDistribution, options: InspectOptions = {}): Inspection {
  const host = createHost({ ...hostOptionsOf(resolved), ...inertServices(resolved), ...options, log: silentLogger, clock: inertClock });
  host.configure();
  return { resolved, plugins: host.status() };
}

const inertClock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  after: () => ({ cancel: () => undefined }),
  sleep: () => new Promise(() => undefined),
};

const inertRandom: Random = { next: () => 0, int: () => 0, uuid: () => '00000000-0000-4000-8000-000000000000', fork: () => inertRandom };

function inertServices({ plugins }: ResolvedDistribution): InspectOptions {
  const provided = new Set([...plugins.values()].flatMap(({ plugin }) => (plugin.provides ?? []).map((item) => item.key)));
  const fromKernel = [ApiTransports, CertificateSigner, ClusterAuthority, ServedKinds, ServiceAccountTokenSigner].map((token) => (token as Token<unknown>).provide(inertService(token.key)));
  const provisions: Provision[] = [Clock.provide(inertClock), Random.provide(inertRandom), ...fromKernel];
  return {
    points: kernelPoints as HostOptions['points'] & object,
    provisions: provisions.filter(({ provisionOf }) => !provided.has(provisionOf)),
    services: () => [Tracer.provide(noopTracer)],
    scoped: [scopedService(ApiClient, [ApiTransports], () => inertService<ApiClient>(ApiClient.key))],
  };
}

/** Can be passed around but not used: a `setup` that calls it does I/O where it must not. */
function inertService<T>(key: string): T {
  const refuse = (name: string) => (): never => {
    throw new Error(`${key}.${name} was called in setup, which must only build objects`);
  };
  // Not `then`: whoever looks whether this is a promise must find that it is not.
  return new Proxy({}, { get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : refuse(name)) }) as T;
}
