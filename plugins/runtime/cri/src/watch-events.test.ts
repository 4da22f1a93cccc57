import { silentLogger } from '@keelson/sdk';
import { Availability } from './availability.ts';
import type { CriClient, TaskEvent } from './cri-client.ts';
import { RpcCode, RpcError } from './rpc/rpc-error.ts';
import { realClock } from './testdata/real-clock.ts';
import { watchEvents } from './watch-events.ts';

const refused = (code: number, details: string) => new RpcError('/x', code, details);

/** Real time with waits of a thousandth. */
const fast = { ...realClock, after: (ms: number, fn: () => void) => realClock.after(ms / 1000, fn), sleep: (ms: number, signal?: AbortSignal) => realClock.sleep(Math.max(1, ms / 1000), signal) };

function watching(client: Partial<Record<'taskEvents' | 'containerEvents' | 'version', unknown>>) {
  const over = new AbortController();
  const warnings: string[] = [];
  const heard: TaskEvent[] = [];
  const availability = new Availability(fast);
  let relists = 0;
  const done = watchEvents({
    client: { version: async () => ({}), ...client } as unknown as CriClient,
    clock: fast, availability, relistMs: 1e6,
    log: { ...silentLogger, warn: (message) => void warnings.push(message) },
    signal: over.signal,
    take: (event) => heard.push(event),
    relist: async () => void relists++,
  });
  return { over, warnings, heard, availability, done, relists: () => relists };
}

const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 500) throw new Error('not in time');
    await realClock.sleep(5);
  }
};

const stays = (signal: AbortSignal): Promise<never> => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('watching events', () => {
  it('takes them as they come, and looks twice at the beginning', async () => {
    const at = watching({
      taskEvents: async (signal: AbortSignal, take: (event: TaskEvent) => void) => {
        take({ what: 'exit', id: 'a' });
        await stays(signal);
      },
    });
    await until(() => at.relists() >= 2);
    expect(at.heard).toEqual([{ what: 'exit', id: 'a' }]);
    at.over.abort(new Error('over'));
    await at.done;
    expect(at.relists()).toBe(2);
  });

  it('falls back to the events of CRI, and then to looking', async () => {
    const none = async () => Promise.reject(refused(RpcCode.unimplemented, 'unknown service'));
    const second = watching({ taskEvents: none, containerEvents: async (signal: AbortSignal, take: (event: TaskEvent) => void) => (take({ what: 'exit', id: 'b' }), stays(signal)) });
    await until(() => second.heard.length === 1);
    expect(second.warnings).toEqual([]);
    second.over.abort(new Error('over'));
    await second.done;
    const third = watching({ taskEvents: none, containerEvents: none });
    await until(() => third.relists() > 10);
    expect(third.warnings).toEqual(['the container runtime has no events: its containers are listed every second instead']);
    third.over.abort(new Error('over'));
    await third.done;
  });

  it('warns when they are refused, and not when the runtime is away', async () => {
    const bad = watching({ taskEvents: async () => Promise.reject(refused(RpcCode.unknown, 'filters: parse error')) });
    await until(() => bad.warnings.length > 0);
    bad.over.abort(new Error('over'));
    await bad.done;
    let tries = 0;
    const away = watching({ taskEvents: async () => (tries++, Promise.reject(refused(RpcCode.unavailable, 'no connection'))), version: (_ms: number, signal: AbortSignal) => stays(signal) });
    const told: (string | undefined)[] = [];
    away.availability.onChange(() => told.push(away.availability.fault));
    await until(() => told.length > 0 && tries > 3);
    expect(told).toEqual(['container runtime is down']);
    expect(away.warnings).toEqual([]);
    away.availability.found();
    expect(told).toEqual(['container runtime is down', undefined]);
    away.over.abort(new Error('over'));
    await away.done;
    away.availability.close();
  });
});
