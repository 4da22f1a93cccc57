import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { LogOptions } from '@keelson/sdk/runtime';
import { removeEmptyFolders, removeLogs } from './log-files.ts';
import { formatRecord, parseLogLine } from './log-line.ts';
import { readLog, type LogSource } from './log-reader.ts';

const line = (text: string, { stream = 'stdout', tag = 'F', time = '2026-01-02T03:04:05.5Z' } = {}): string => `${time} ${stream} ${tag} ${text}\n`;

describe('log lines', () => {
  it.each([
    ['2026-01-02T03:04:05Z stdout F a b', '2026-01-02T03:04:05.000000000Z a b\n'],
    ['2026-01-02T03:04:05.12+02:00 stderr F ', '2026-01-02T03:04:05.120000000+02:00 \n'],
    ['2026-01-02T03:04:05.123456789Z stdout P half', '2026-01-02T03:04:05.123456789Z half'],
    ['2026-01-02T03:04:05Z stdout F:tag text', '2026-01-02T03:04:05.000000000Z text\n'],
  ])('%j is shown with a time of fixed width', (text, shown) => {
    expect(formatRecord(parseLogLine(text)!, { timestamps: true })).toBe(shown);
  });

  it('leaves damaged lines out', () => {
    for (const text of ['', 'nonsense', '2026 stdin F x', '2026-01-02T03:04:05Z stdout X y']) expect(parseLogLine(text)).toBeUndefined();
  });
});

describe('reading logs', () => {
  let folder: string;
  let path: string;
  let over: boolean;
  let listeners: Set<() => void>;
  let source: LogSource;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-logs-'));
    mkdirSync(join(folder, 'main'));
    path = join(folder, 'main', '0.log');
    over = false;
    listeners = new Set();
    source = { path, ended: () => over, onEnd: (listener) => (listeners.add(listener), () => listeners.delete(listener)) };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function read(options: LogOptions = {}): Promise<string> {
    let text = '';
    await readLog(source, options, (chunk) => void (text += chunk));
    return text;
  }

  it('is empty where nothing was written', async () => {
    expect(await read()).toBe('');
    expect(await read({ tailLines: 3 })).toBe('');
  });

  it('joins pieces of a line, and counts it once', async () => {
    writeFileSync(path, line('one') + line('two ', { tag: 'P' }) + line('halves') + line('err', { stream: 'stderr' }) + 'cut');
    expect(await read()).toBe('one\ntwo halves\nerr\n');
    expect(await read({ tailLines: 2 })).toBe('two halves\nerr\n');
    expect(await read({ tailLines: 0 })).toBe('');
    expect(await read({ tailLines: 99 })).toBe('one\ntwo halves\nerr\n');
    expect(await read({ stream: 'Stderr' })).toBe('err\n');
    expect(await read({ limitBytes: 6 })).toBe('one\ntw');
    expect(await read({ sinceTime: Date.parse('2026-01-02T03:04:06Z') })).toBe('');
  });

  it('finds the tail of a large log, whatever the length of lines', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => `${n} ${'ä'.repeat(n % 97)}`);
    writeFileSync(path, lines.map((text) => line(text)).join(''));
    for (const tailLines of [1, 2, 999, 1500, 4999, 5000]) expect(await read({ tailLines })).toBe(lines.slice(-tailLines).map((text) => `${text}\n`).join(''));
    expect(await read()).toBe(lines.map((text) => `${text}\n`).join(''));
    const long = 'x'.repeat(300_000);
    writeFileSync(path, line('before') + line(long) + line('after'));
    expect(await read({ tailLines: 2 })).toBe(`${long}\nafter\n`);
  });

  it('reads what was rotated away, packed too, and the tail over files', async () => {
    writeFileSync(`${path}.20260101-000000.gz`, gzipSync(line('oldest')));
    writeFileSync(`${path}.20260102-000000`, line('old 1') + line('old 2'));
    writeFileSync(path, line('new'));
    writeFileSync(`${path}.other`, line('not ours'));
    expect(await read()).toBe('oldest\nold 1\nold 2\nnew\n');
    expect(await read({ tailLines: 2 })).toBe('old 2\nnew\n');
    await removeLogs(path);
    expect(readdirSync(join(folder, 'main'))).toEqual(['0.log.other']);
    rmSync(`${path}.other`);
    await removeEmptyFolders(folder);
    expect(readdirSync(tmpdir())).not.toContain(folder.slice(folder.lastIndexOf('/') + 1));
  });

  it('follows until the end, over a rotation and over a line that comes in pieces', async () => {
    writeFileSync(path, line('one'));
    const followed = read({ follow: true });
    await pause();
    appendFileSync(path, line('two').slice(0, 20));
    await pause();
    appendFileSync(path, line('two').slice(20));
    renameSync(path, `${path}.20260102-000000`);
    appendFileSync(`${path}.20260102-000000`, line('last of the old'));
    writeFileSync(path, line('three'));
    await pause();
    appendFileSync(path, line('four'));
    over = true;
    for (const listener of listeners) listener();
    expect(await followed).toBe('one\ntwo\nlast of the old\nthree\nfour\n');
    expect(listeners.size).toBe(0);
  });

  it('ends for a reader who leaves, and for one who has enough', async () => {
    writeFileSync(path, line('one'));
    const leave = new AbortController();
    const left = expect(read({ follow: true, signal: leave.signal })).rejects.toThrow('left');
    await pause();
    leave.abort(new Error('left'));
    await left;
    const enough = read({ follow: true, limitBytes: 6 });
    await pause();
    appendFileSync(path, line('two'));
    expect(await enough).toBe('one\ntw');
    expect(listeners.size).toBe(0);
  });
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 60));
}
