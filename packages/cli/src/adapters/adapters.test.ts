import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKubeconfig } from '../cluster/kubeconfig-access.ts';
import { parseDuration } from '../output/duration.ts';
import { kubeconfigText } from '../testdata/kubeconfig.ts';
import { pinoLogger } from './pino-logger.ts';
import { systemProcesses } from './processes.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

const folder = mkdtempSync(join(tmpdir(), 'keelson-adapters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('system clock', () => {
  it('sleeps, and wakes early with the reason of an abort', async () => {
    const since = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - since).toBeGreaterThanOrEqual(19);
    const abort = new AbortController();
    const asleep = systemClock.sleep(60_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(asleep).rejects.toThrow('enough');
    await expect(systemClock.sleep(1, abort.signal)).rejects.toThrow('enough');
  });

  it('does not fire at once for a delay beyond the platform’s limit', async () => {
    let fired = false;
    const timer = systemClock.after(2 ** 40, () => (fired = true));
    await systemClock.sleep(10);
    timer.cancel();
    expect(fired).toBe(false);
  });
});

describe('system random', () => {
  it('repeats a seed, also in forks, and differs without one', () => {
    const draw = (random = systemRandom('7')): unknown[] => [random.next(), random.int(1000), random.uuid(), random.fork('a').uuid()];
    expect(draw()).toEqual(draw());
    expect(draw(systemRandom())).not.toEqual(draw(systemRandom()));
    expect(systemRandom('7').fork('a').next()).not.toBe(systemRandom('7').fork('b').next());
  });

  it('is uniform and gives version 4 uuids', () => {
    const random = systemRandom('x');
    const draws = Array.from({ length: 20_000 }, () => random.int(10));
    for (let digit = 0; digit < 10; digit++) expect(Math.abs(draws.filter((value) => value === digit).length - 2000)).toBeLessThan(250);
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('logger', () => {
  const logged = (human: boolean, use: (log: ReturnType<typeof pinoLogger>) => void): string => {
    const lines: string[] = [];
    use(pinoLogger({ level: 'info', human, write: (text) => lines.push(text) }));
    return lines.join('');
  };

  it('never writes secrets, wherever they are', () => {
    const text = logged(false, (log) => {
      log.child({ token: 'hunter2' }).info('x', { authorization: 'hunter2', request: { password: 'hunter2', headers: { authorization: 'hunter2' } }, 'client-key-data': 'hunter2' });
      log.info('y', { user: { 'client-key-data': 'hunter2' } });
    });
    expect(text).not.toContain('hunter2');
    expect(text).toContain('[secret]');
  });

  it('writes lines for people or JSON, and errors with their message', () => {
    expect(logged(true, (log) => log.child({ plugin: '@keelson/x' }).warn('slow', { ms: 5, error: new Error('late') }))).toMatch(/^\d\d:\d\d:\d\d warn {2}@keelson\/x slow ms=5 error="late"\n$/);
    expect(JSON.parse(logged(false, (log) => log.error('bad', { n: 1 })))).toMatchObject({ level: 'error', message: 'bad', n: 1 });
    expect(logged(false, (log) => log.debug('hidden'))).toBe('');
  });
});

describe('processes', () => {
  it('tells a live process from one that ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60000)']);
    const mark = systemProcesses.mark(child.pid!);
    expect(mark).toBeDefined();
    expect(systemProcesses.mark(child.pid!)).toBe(mark);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    systemProcesses.signal(child.pid!, 'SIGTERM');
    await ended;
    expect(systemProcesses.mark(child.pid!)).toBeUndefined();
  });

  it('starts a program that outlives the call and answers its first line', async () => {
    const log = join(folder, 'log');
    const { pid, line } = await systemProcesses.startDetached([process.execPath, '-e', 'console.error("noise"); console.log("ready"); setTimeout(() => undefined, 60000)'], log, process.env);
    expect(line).toBe('ready');
    expect(systemProcesses.mark(pid)).toBeDefined();
    systemProcesses.signal(pid, 'SIGKILL');
    expect(readFileSync(log, 'utf8')).toBe('noise\n');
  });

  it('rejects when the program ends before it is ready', async () => {
    await expect(systemProcesses.startDetached([process.execPath, '-e', 'process.exit(4)'], join(folder, 'log2'), process.env)).rejects.toThrow('exit code 4');
  });
});

describe('kubeconfig', () => {
  const file = (text: string): string => {
    const path = join(folder, 'config');
    writeFileSync(path, text);
    return path;
  };

  it('reads the current context, certificates decoded', () => {
    expect(readKubeconfig(file(kubeconfigText('a')))).toEqual({ context: 'keelson-a', server: 'https://127.0.0.1:6443', authority: 'CA', certificate: 'CERT', key: 'KEY', token: undefined, insecure: false });
  });

  it.each([
    ['no file', () => join(folder, 'none')],
    ['no current context', () => file('apiVersion: v1\nkind: Config\n')],
    ['a context that is not there', () => file('current-context: x\ncontexts: []\n')],
    ['text that is no YAML', () => file('{{{')],
  ])('names the file for %s', (_what, path) => {
    expect(() => readKubeconfig(path())).toThrow(expect.objectContaining({ code: 'KEEL_KUBECONFIG', message: expect.stringContaining(folder) }));
  });
});

describe('durations', () => {
  it.each([['90s', 90_000], ['1h30m', 5_400_000], ['250ms', 250], ['5', 5000]])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'x', '5 m', '-1s', '1d'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'KEEL_USAGE_DURATION' }));
  });
});
