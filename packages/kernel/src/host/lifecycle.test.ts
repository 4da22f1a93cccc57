import { fileURLToPath } from 'node:url';
import { extensionPoint, live, optional, token, type Contributions } from '@keelson/sdk';
import { hostOf, plugin, recorded, states } from './testdata/fixtures.ts';
import { settle } from './testdata/manual-clock.ts';

interface Greeter {
  readonly name: string;
  greet(): string | Promise<string>;
}
const Greeters = extensionPoint<Greeter>('keelson.extension.greeters');
const Ledger = token<{ readonly id: number }>('test.ledger');

const ledger = (log: string[], rest: object = {}) =>
  plugin('ledger', { provides: [Ledger], setup: () => ({ provides: [Ledger.provide({ id: 1 })], ...recorded(log, 'ledger', rest) }) });

describe('order', () => {
  it('starts providers first, drains and stops consumers first', async () => {
    const log: string[] = [];
    const user = plugin('a-user', { requires: { ledger: Ledger }, setup: () => recorded(log, 'user') });
    const { host } = hostOf([user, ledger(log)]);
    await host.start();
    await host.stop();
    expect(log).toEqual([
      'start ledger', 'ready ledger', 'start user', 'ready user', 'drain user', 'drain ledger', 'stop user', 'stop ledger',
    ]);
  });

  it('starts siblings in parallel', async () => {
    const log: string[] = [];
    let release: () => void = () => undefined;
    const slow = plugin('a-slow', { setup: () => recorded(log, 'slow', { start: () => new Promise<void>((resolve) => (release = resolve)) }) });
    const quick = plugin('b-quick', { setup: () => recorded(log, 'quick') });
    const { host } = hostOf([slow, quick]);
    const started = host.start();
    await settle();
    expect(states(host)).toEqual({ 'a-slow': 'starting', 'b-quick': 'ready' });
    release();
    await started;
    expect(states(host)['a-slow']).toBe('ready');
    await host.stop();
  });

  it('starts the consumer of a point after all that fill it, unless it takes them live', async () => {
    const log: string[] = [];
    const seen: Record<string, number> = {};
    const consumer = (name: string, requires: { readonly greeters: typeof Greeters }) =>
      plugin(name, { requires, setup: ({ greeters }) => recorded(log, name, { start: () => void (seen[name] = greeters.values.length) }) });
    const giver = plugin('z-giver', { setup: () => ({ provides: [Greeters.with({ name: 'z', greet: () => 'z' })], ...recorded(log, 'giver') }) });
    const { host } = hostOf([consumer('a-after', { greeters: Greeters }), consumer('a-live', { greeters: live(Greeters) as never }), giver]);
    await host.start();
    expect(seen).toEqual({ 'a-after': 1, 'a-live': 0 });
    await host.stop();
  });

  it('gives undefined for an optional token that nobody provides', async () => {
    let got: unknown = 'unset';
    const user = plugin('user', { requires: { ledger: optional(Ledger) }, setup: ({ ledger: value }) => { got = value; return []; } });
    const { host } = hostOf([user]);
    await host.start();
    expect(got).toBeUndefined();
    await host.stop();
  });
});

describe('contributions', () => {
  it('enter when their plugin is ready, leave when it drains, in frozen arrays that are replaced', async () => {
    let becomeReady: () => void = () => undefined;
    const giver = plugin('giver', {
      setup: () => ({ provides: [Greeters.with({ name: 'hi', greet: () => 'hi' })], ready: () => new Promise<void>((resolve) => (becomeReady = resolve)) }),
    });
    const { host } = hostOf([giver]);
    const greeters = host.contributions(Greeters);
    const sizes: number[] = [];
    greeters.onChange(() => sizes.push(greeters.values.length));
    const started = host.start();
    await settle();
    const before = greeters.values;
    expect(before).toEqual([]);
    becomeReady();
    await started;
    expect(greeters.values).not.toBe(before);
    expect(Object.isFrozen(greeters.values)).toBe(true);
    expect([...greeters].map((greeter) => greeter.greet())).toEqual(['hi']);
    expect(greeters.entries[0]!.origin.plugin).toBe('giver');
    await host.drain();
    expect(sizes).toEqual([1, 0]);
    await host.stop();
  });

  it('come in the order of the distribution', async () => {
    const Steps = extensionPoint<{ readonly name: string }>('keelson.extension.steps', { ordered: true });
    const step = (name: string) => plugin(`p-${name}`, { setup: () => [Steps.with({ name })] });
    const { host } = hostOf([step('a'), step('b'), step('c')], { order: { [Steps.key]: ['c', 'a', 'b'] } });
    await host.start();
    expect(host.contributions(Steps).values.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    await host.stop();
  });
});

describe('edges of the life', () => {
  it('drains the consumer of a point before its contributors', async () => {
    const log: string[] = [];
    const consumer = plugin('a-consumer', { requires: { greeters: Greeters }, setup: ({ greeters }) => recorded(log, 'consumer', { drain: () => void log.push(`drain consumer of ${greeters.values.length}`) }) });
    const giver = plugin('b-giver', { setup: () => ({ provides: [Greeters.with({ name: 'b', greet: () => 'b' })], ...recorded(log, 'giver') }) });
    const { host } = hostOf([consumer, giver]);
    await host.start();
    log.length = 0;
    await host.drain();
    expect(log).toEqual(['drain consumer of 1', 'drain giver']);
    expect(states(host)).toEqual({ 'b-giver': 'draining', 'a-consumer': 'draining' });
    await host.stop();
    await host.stop();
    expect(log.slice(2)).toEqual(['stop consumer', 'stop giver']);
  });

  it('does not take a throwing listener for a fault of the plugin', async () => {
    const giver = plugin('giver', { setup: () => [Greeters.with({ name: 'b', greet: () => 'b' })] });
    const { host } = hostOf([giver]);
    const stop = [host.onChange(() => { throw new Error('mine'); }), host.contributions(Greeters).onChange(() => { throw new Error('mine'); })];
    await host.start();
    expect(host.status()[0]).toMatchObject({ state: 'ready', faults: 0 });
    for (const end of stop) end();
    await host.stop();
  });

  it('starts once only, and stops also when it never started', async () => {
    const log: string[] = [];
    const { host } = hostOf([ledger(log)]);
    host.configure();
    await host.stop();
    expect(states(host)).toEqual({ ledger: 'stopped' });
    expect(log).toEqual([]);
    await expect(host.start()).rejects.toMatchObject({ code: 'KEEL_HOST_STATE' });
    await expect(hostOf([]).host.stop()).resolves.toBeUndefined();
  });

  it('stops in the middle of a back-off without waiting for it', async () => {
    const broken = plugin('broken', { setup: () => ({ start: () => { throw new Error('no'); } }) });
    const { host, clock } = hostOf([broken]);
    await host.start();
    await settle();
    await host.stop();
    expect(clock.pending).toBe(0);
    expect(states(host)).toEqual({ broken: 'stopped' });
  });

  it('tries again when the fresh set-up of a restart throws, without touching the old objects', async () => {
    const log: string[] = [];
    let made = 0;
    let fail: (error: Error) => void = () => undefined;
    const fragile = plugin('fragile', {
      setup: () => {
        made += 1;
        if (made === 2) throw new Error('set-up failed');
        return { ...recorded(log, `life${made}`), failed: new Promise<never>((_, reject) => (fail = reject)) };
      },
    });
    const { host, clock } = hostOf([fragile]);
    await host.start();
    fail(new Error('died'));
    await clock.advance(1_000);
    expect(host.status()[0]).toMatchObject({ state: 'degraded', lastError: 'set-up failed', restarts: 2 });
    await clock.advance(2_000);
    expect(log).toEqual(['start life1', 'ready life1', 'stop life1', 'start life3', 'ready life3']);
    await host.stop();
  });

  it('runs the same way each time', async () => {
    const run = async (): Promise<readonly string[]> => {
      const log: string[] = [];
      let left = 2;
      const flaky = plugin('flaky', { provides: [Ledger], setup: () => ({ provides: [Ledger.provide({ id: left })], ...recorded(log, 'flaky', { start: () => { if (left-- > 0) throw new Error('no'); } }) }) });
      const users = ['u1', 'u2', 'u3'].map((name) => plugin(name, { requires: { ledger: Ledger }, setup: () => recorded(log, name) }));
      const { host, clock } = hostOf([...users, flaky]);
      host.onChange(() => log.push(JSON.stringify(host.status().map(({ name, state, since }) => [name, state, since]))));
      await host.start();
      await clock.advance(10_000);
      await host.stop();
      return log;
    };
    const first = await run();
    expect(first.length).toBeGreaterThan(20);
    expect(await run()).toEqual(first);
  });
});

describe('limits', () => {
  it('gives up a start that hangs after 30 s, aborts its signal, stops it and tries again', async () => {
    const log: string[] = [];
    let attempts = 0;
    const hanging = plugin('hanging', {
      setup: () => recorded(log, 'hanging', {
        start: ({ signal }) => {
          attempts += 1;
          if (attempts > 1) return undefined;
          signal.addEventListener('abort', () => log.push(`aborted: ${(signal.reason as Error).message}`));
          return new Promise<void>(() => undefined);
        },
      }),
    });
    const { host, clock } = hostOf([hanging]);
    const started = host.start();
    await clock.advance(29_999);
    expect(states(host)['hanging']).toBe('starting');
    await clock.advance(1);
    await started;
    expect(log).toEqual(['aborted: start of hanging did not finish within 30 s', 'stop hanging']);
    expect(host.status()[0]).toMatchObject({ state: 'degraded', restarts: 1, lastError: 'start of hanging did not finish within 30 s' });
    await clock.advance(1_000);
    expect(states(host)['hanging']).toBe('ready');
    await host.stop();
    expect(clock.pending).toBe(0);
  });

  it('goes on stopping when a stop throws and another hangs', async () => {
    const log: string[] = [];
    const thrower = plugin('thrower', { requires: { ledger: Ledger }, setup: () => ({ stop: () => { throw new Error('no'); } }) });
    const sleeper = plugin('sleeper', { requires: { ledger: Ledger }, setup: () => ({ stop: () => new Promise<void>(() => undefined) }) });
    const { host, clock } = hostOf([thrower, sleeper, ledger(log)]);
    await host.start();
    const stopped = host.stop();
    await clock.advance(5_000);
    await stopped;
    expect(log.at(-1)).toBe('stop ledger');
    expect(Object.values(states(host))).toEqual(['stopped', 'stopped', 'stopped']);
    expect(host.status().map(({ lastError }) => lastError)).toEqual([undefined, 'stop of sleeper did not finish within 5 s', 'no']);
  });

  it('ends a start that is under way when the host stops', async () => {
    const log: string[] = [];
    const slow = plugin('slow', { setup: () => recorded(log, 'slow', { start: () => new Promise<void>(() => undefined) }) });
    const { host, clock } = hostOf([slow]);
    const started = host.start();
    await settle();
    await host.stop();
    await started;
    expect(log).toEqual(['stop slow']);
    expect(clock.pending).toBe(0);
  });
});

describe('failure', () => {
  const flaky = (log: string[], failures: { left: number }) =>
    plugin('flaky', { setup: () => recorded(log, 'flaky', { start: () => { log.push('try'); if (failures.left-- > 0) throw new Error('not yet'); } }) });

  it('restarts with doubling back-off and a fresh set-up each time', async () => {
    const log: string[] = [];
    const { host, clock } = hostOf([flaky(log, { left: 3 })]);
    await host.start();
    const tries: number[] = [];
    for (let second = 0; second <= 8; second += 1) {
      tries.push(log.filter((line) => line === 'try').length);
      await clock.advance(1_000);
    }
    expect(tries).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4]);
    expect(states(host)['flaky']).toBe('ready');
    await host.stop();
  });

  it('rejects start when a plugin with the policy abort fails, and still stops the others', async () => {
    const log: string[] = [];
    const aborts: string[] = [];
    const { host } = hostOf([flaky(log, { left: 1 }), ledger(log)], { onFailure: { flaky: 'abort' }, onAbort: (name, error) => aborts.push(`${name}: ${error.message}`) });
    await expect(host.start()).rejects.toMatchObject({ code: 'KEEL_START_FAILED', message: 'flaky did not start: not yet' });
    expect(aborts).toEqual(['flaky: not yet']);
    await host.stop();
    expect(log).toContain('stop ledger');
  });

  it('disables for good, and with it what requires it', async () => {
    const log: string[] = [];
    const broken = ledger(log, { start: () => { throw new Error('broken'); } });
    const user = plugin('user', { requires: { ledger: Ledger }, setup: () => recorded(log, 'user') });
    let got: unknown = 'unset';
    const casual = plugin('casual', { requires: { ledger: optional(Ledger) }, setup: ({ ledger: value }) => { got = value; return []; } });
    const { host } = hostOf([user, casual, broken], { onFailure: { ledger: 'disable' } });
    await host.start();
    await settle();
    expect(states(host)).toEqual({ ledger: 'disabled', casual: 'ready', user: 'disabled' });
    expect(host.status().find(({ name }) => name === 'user')!.lastError).toContain('which is disabled');
    expect(got).toBeUndefined();
    await host.stop();
    expect(log).not.toContain('start user');
  });

  it('takes dependents down before the provider, and gives them the new value afterwards', async () => {
    const log: string[] = [];
    let fail: (error: Error) => void = () => undefined;
    let made = 0;
    const provider = plugin('provider', {
      provides: [Ledger],
      setup: () => {
        const id = (made += 1);
        return { provides: [Ledger.provide({ id })], ...recorded(log, `provider${id}`), failed: new Promise<never>((_, reject) => (fail = reject)) };
      },
    });
    const user = plugin('user', { requires: { ledger: Ledger }, setup: ({ ledger: value }) => recorded(log, `user${value.id}`) });
    const { host, clock } = hostOf([user, provider]);
    await host.start();
    log.length = 0;
    fail(new Error('loop died'));
    await clock.advance(0);
    expect(log).toEqual(['drain user1', 'stop user1', 'stop provider1']);
    expect(states(host)).toEqual({ provider: 'degraded', user: 'degraded' });
    await clock.advance(1_000);
    expect(log.slice(3)).toEqual(['start provider2', 'ready provider2', 'start user2', 'ready user2']);
    expect(host.provided(Ledger)).toEqual({ id: 2 });
    await host.stop();
  });

  it('lets contributions leave after five faults in a minute and return after the restart', async () => {
    let broken = true;
    const giver = plugin('giver', { setup: () => [Greeters.with({ name: 'hi', greet: () => { if (broken) throw new Error('oops'); return 'hi'; } })] });
    let greeters: Contributions<Greeter> | undefined;
    const consumer = plugin('consumer', { requires: { greeters: Greeters }, setup: ({ greeters: given }) => { greeters = given; return []; } });
    const { host, clock } = hostOf([giver, consumer]);
    await host.start();
    const greeter = greeters!.values[0]!;
    for (let fault = 0; fault < 4; fault += 1) expect(() => greeter.greet()).toThrow('oops');
    await clock.advance(60_000);
    expect(() => greeter.greet()).toThrow('oops');
    expect(states(host)['giver']).toBe('ready');
    for (let fault = 0; fault < 4; fault += 1) expect(() => greeter.greet()).toThrow('oops');
    expect(greeters!.values).toEqual([]);
    await settle();
    expect(states(host)).toEqual({ giver: 'degraded', consumer: 'ready' });
    expect(host.status()[0]!.lastError).toBe('5 faults within 60 s, the last one: oops');
    broken = false;
    await clock.advance(1_000);
    expect(greeters!.values.map((value) => value.greet())).toEqual(['hi']);
    expect(host.status()[0]).toMatchObject({ state: 'ready', faults: 9, restarts: 1 });
    await host.stop();
  });

  it('lays an error that nothing caught at the door of the plugin in whose file it was thrown', async () => {
    const { host, clock } = hostOf([plugin('thrower', { setup: () => [] })]);
    await host.start();
    const thrown = (file: string): Error => Object.assign(new Error('stray'), { stack: `Error: stray\n    at node:internal/timers:581:17\n    at late (${file}:3:9)` });
    const fixtures = fileURLToPath(new URL('testdata/fixtures.ts', import.meta.url));
    expect(host.stray(thrown('/elsewhere/index.ts'))).toBeUndefined();
    expect(host.stray(new Error('from the test, which is beside the plugin and not below it'))).toBeUndefined();
    for (const file of [fixtures, `file://${fixtures}?again=1`, fixtures.replace('fixtures', 'beside')]) expect(host.stray(thrown(file))).toBe('thrower');
    expect(host.status()[0]).toMatchObject({ state: 'ready', faults: 3 });
    for (let fault = 0; fault < 2; fault += 1) host.stray(thrown(fixtures));
    await settle();
    expect(host.status()[0]).toMatchObject({ state: 'degraded', lastError: '5 faults within 60 s, the last one: stray' });
    await clock.advance(1_000);
    expect(states(host)['thrower']).toBe('ready');
    await host.stop();
  });

  it('starts over with the first back-off after five healthy minutes', async () => {
    const fails: ((error: Error) => void)[] = [];
    const loop = plugin('loop', { setup: () => ({ failed: new Promise<never>((_, reject) => fails.push(reject)) }) });
    const { host, clock } = hostOf([loop]);
    await host.start();
    fails.at(-1)!(new Error('first'));
    await clock.advance(1_000);
    fails.at(-1)!(new Error('second'));
    await clock.advance(1_999);
    expect(states(host)['loop']).toBe('degraded');
    await clock.advance(1 + 300_000);
    fails.at(-1)!(new Error('third'));
    await clock.advance(1_000);
    expect(host.status()[0]).toMatchObject({ state: 'ready', restarts: 1 });
    await host.stop();
  });
});
