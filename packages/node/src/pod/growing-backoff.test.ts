import { containerBackoff, GrowingBackoff } from './growing-backoff.ts';

describe('GrowingBackoff', () => {
  it('lets the first retry go, then waits 10 s, 20 s … 300 s from the failure', () => {
    const backoff = new GrowingBackoff(containerBackoff);
    let now = 0;
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure++) {
      const until = backoff.until('a', now, now);
      waits.push(until === undefined ? 0 : until - now);
      now = until ?? now;
      backoff.next('a', now, now);
      now += 1000;
    }
    expect(waits).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it('forgets after ten minutes without a failure', () => {
    const backoff = new GrowingBackoff(containerBackoff);
    backoff.next('a', 0, 0);
    backoff.next('a', 1000, 1000);
    expect(backoff.until('a', 2000, 2000)).toBe(22_000);
    expect(backoff.until('a', 602_000, 602_000)).toBeUndefined();
    backoff.next('a', 602_000, 602_000);
    expect(backoff.delay('a')).toBe(10_000);
  });

  it('keeps keys apart', () => {
    const backoff = new GrowingBackoff(containerBackoff);
    backoff.next('a', 0, 0);
    expect(backoff.until('b', 0, 0)).toBeUndefined();
    backoff.forget('a');
    expect(backoff.until('a', 0, 0)).toBeUndefined();
  });
});
