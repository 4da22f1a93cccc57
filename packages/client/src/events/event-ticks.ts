import type { Clock, Random } from '@keelson/sdk';

/**
 * Nanoseconds for the names of events, growing over all recorders that share a clock: lists are in the order of names,
 * and a pod's `Scheduled` by the scheduler must come before its `Pulling` by the node agent, though both happen within
 * one millisecond.
 */
export class EventTicks {
  static readonly #byClock = new WeakMap<Clock, EventTicks>();
  #last = 0n;

  private constructor(private readonly clock: Clock) {}

  /** The ticks of a clock, which is one for a cluster: nothing is shared between clusters in one process. */
  static of(clock: Clock): EventTicks {
    let ticks = EventTicks.#byClock.get(clock);
    if (ticks === undefined) EventTicks.#byClock.set(clock, (ticks = new EventTicks(clock)));
    return ticks;
  }

  /** Now, with the digits that the clock does not have drawn; never as small as one before. */
  next(random: Random): bigint {
    const drawn = BigInt(Math.floor(this.clock.now())) * 1_000_000n + BigInt(random.int(500_000));
    this.#last = drawn > this.#last ? drawn : this.#last + 1n + BigInt(random.int(1_000));
    return this.#last;
  }
}
