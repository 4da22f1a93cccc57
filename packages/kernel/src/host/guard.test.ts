import { type KeelsonError, StatusError, Terminal } from '@keelson/sdk';
import { guardContribution, type GuardOptions } from './guard.ts';
import { ManualClock } from './testdata/manual-clock.ts';

function guarded<T extends object>(value: T, options: Partial<GuardOptions> = {}) {
  const faults: string[] = [];
  const clock = new ManualClock();
  const result = guardContribution(value, { plugin: 'p', label: 'keelson.dns.handlers "hosts"', clock, deadlineMs: 1_000, fault: (error) => void faults.push(error.message), ...options }) as T;
  return { result, faults, clock };
}

class Counter {
  readonly name = 'counter';
  #count = 0;
  get count(): number {
    return this.#count;
  }
  add(by: number): number {
    this.#count += by;
    return this.#count;
  }
}

describe('guardContribution', () => {
  it('calls methods on the original, private state included, and keeps class and data', () => {
    const { result } = guarded(new Counter());
    expect(result.add(2)).toBe(2);
    expect(result.count).toBe(2);
    expect(result.name).toBe('counter');
    expect(result).toBeInstanceOf(Counter);
    expect(Object.isFrozen(result)).toBe(true);
  });

  it.each([0, 1, 2, 3, 4, 5, 7])('passes exactly %d arguments on', (count) => {
    const { result } = guarded({ take: (...all: number[]) => all });
    const given = Array.from({ length: count }, (_, at) => at);
    expect(result.take(...given)).toEqual(given);
  });

  it('counts a throw and a rejection, and hands both on unchanged', async () => {
    const error = new Error('boom');
    const { result, faults, clock } = guarded({ sync: () => { throw error; }, async: () => Promise.reject(error) });
    expect(() => result.sync()).toThrow(error);
    await expect(result.async()).rejects.toBe(error);
    expect(faults).toEqual(['boom', 'boom']);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['a refusal of the API', new StatusError('Forbidden', 'no')],
    ['an order not to retry', new Terminal('no')],
    ['a cancellation', Object.assign(new Error('x'), { name: 'AbortError' })],
  ])('does not count %s', async (_title, error) => {
    const { result, faults } = guarded({ sync: () => { throw error; }, async: () => Promise.reject(error) });
    expect(() => result.sync()).toThrow(error);
    await expect(result.async()).rejects.toBe(error);
    expect(faults).toEqual([]);
  });

  it('rejects at the deadline and ignores what comes later', async () => {
    let reject: (error: Error) => void = () => undefined;
    const { result, faults, clock } = guarded({ handle: () => new Promise<never>((_, no) => (reject = no)) });
    const answer = result.handle().catch((error: unknown) => error);
    await clock.advance(1_000);
    expect(await answer).toMatchObject({ code: 'KEEL_DEADLINE', message: 'keelson.dns.handlers "hosts".handle of p did not answer within 1 s' } satisfies Partial<KeelsonError>);
    reject(new Error('late'));
    await clock.advance(0);
    expect(faults).toHaveLength(1);
  });

  it('sets no timer without a deadline', async () => {
    const { result, clock } = guarded({ handle: () => new Promise<void>(() => undefined) }, { deadlineMs: Infinity });
    void result.handle();
    expect(clock.pending).toBe(0);
  });

  it('leaves functions guarded and plain values as they are', () => {
    const faults: string[] = [];
    const options: GuardOptions = { plugin: 'p', label: 'l', clock: new ManualClock(), deadlineMs: 1, fault: (error) => void faults.push(error.message) };
    expect(guardContribution('text', options)).toBe('text');
    expect(() => (guardContribution(() => { throw new Error('f'); }, options) as () => void)()).toThrow('f');
    expect(faults).toEqual(['f']);
  });
});
