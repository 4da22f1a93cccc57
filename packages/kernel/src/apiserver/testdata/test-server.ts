import { silentLogger, type ApiTransport, type Contributions, type Random } from '@keelson/sdk';
import { noopTracer } from '@keelson/telemetry';
import { openMemoryStore } from '../../storage/index.ts';
import { ManualClock } from '../../storage/manual-clock.ts';
import { ApiServer, type ApiServerOptions } from '../api-server.ts';
import { stampRevision } from '../registry/object-codec.ts';

/** No contributions at all, as in a distribution without such plugins. */
export function none<T>(): Contributions<T> {
  return { values: [], entries: [], onChange: () => () => undefined, [Symbol.iterator]: () => [][Symbol.iterator]() };
}

/** A reproducible generator good enough for tests (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const random: Random = {
    next,
    int: (bound) => Math.floor(next() * bound),
    uuid: () => '00000000-0000-4000-8000-' + Math.floor(next() * 2 ** 47).toString(16).padStart(12, '0'),
    fork: (label) => seeded(seed + label.length),
  };
  return random;
}

/** An API server over memory with an administrator's transport. */
export async function testServer(options: Partial<ApiServerOptions> = {}): Promise<{ server: ApiServer; api: ApiTransport; clock: ManualClock }> {
  const clock = new ManualClock();
  const server = await ApiServer.start({
    store: openMemoryStore({ clock, stamp: stampRevision }), clock, random: seeded(1), log: silentLogger, tracer: noopTracer,
    admission: none(), authenticators: none(), authorizers: none(), ...options,
  });
  return { server, clock, api: server.transportFor(server.context.self) };
}
