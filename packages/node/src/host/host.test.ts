import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { silentLogger } from '@keelson/sdk';
import type { ContainerRuntime, ImageStatus } from '@keelson/sdk/runtime';
import { rotateLog } from '../logs/rotate-logs.ts';
import { Cgroups, cgroupLayout } from './cgroups.ts';
import { ImageCollector } from './image-collector.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'keelson-host-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const clock = { now: () => 0, monotonic: () => 0, after: () => ({ cancel: () => undefined }), sleep: () => Promise.resolve() };

describe('cgroups', () => {
  it('are found in both versions', () => {
    const line = (path: string, type: string, options: string): string => `31 30 0:27 / ${path} rw - ${type} cgroup ${options}`;
    expect(cgroupLayout(line('/sys/fs/cgroup', 'cgroup2', 'rw'))).toEqual({ version: 2, root: '/sys/fs/cgroup' });
    const first = cgroupLayout([line('/c/cpu', 'cgroup', 'rw,cpu,cpuacct'), line('/c/memory', 'cgroup', 'rw,memory'), line('/c/unified', 'cgroup2', 'rw')].join('\n'));
    expect(first).toEqual({ version: 1, roots: new Map([['cpu', '/c/cpu'], ['cpuacct', '/c/cpu'], ['memory', '/c/memory'], ['unified', '/c/unified']]) });
    expect(cgroupLayout('31 30 0:27 / /proc rw - proc proc rw')).toBeUndefined();
  });

  it('of pods are made with their limits by class, and removed with the folders above them', async () => {
    const groups = new Cgroups({ version: 1, roots: new Map([['cpu', join(folder, 'cpu')], ['memory', join(folder, 'memory')]]) }, '/keelson/n', clock, silentLogger);
    for (const name of ['cpu', 'memory']) mkdirSync(join(folder, name));
    expect(await groups.create('u1', 'Burstable', { cpuShares: 512, cpuQuota: 50_000, memoryLimitBytes: 4096 })).toBe('/keelson/n/kubepods/burstable/podu1');
    expect(await groups.create('u2', 'Guaranteed', {})).toBe('/keelson/n/kubepods/podu2');
    const at = join(folder, 'cpu/keelson/n/kubepods/burstable/podu1');
    expect(readFileSync(join(at, 'cpu.shares'), 'utf8')).toBe('512');
    expect(readFileSync(join(at, 'cpu.cfs_quota_us'), 'utf8')).toBe('50000');
    expect(readFileSync(join(folder, 'memory/keelson/n/kubepods/burstable/podu1/memory.limit_in_bytes'), 'utf8')).toBe('4096');
    expect([...(await groups.pods())].sort()).toEqual(['u1', 'u2']);
    // Files of a real cgroup go with its folder; here they are ordinary ones.
    for (const path of [at, join(folder, 'memory/keelson/n/kubepods/burstable/podu1')]) for (const name of readdirSync(path)) rmSync(join(path, name));
    mkdirSync(join(at, 'container'));
    await groups.remove('u1');
    expect(await groups.pods()).toEqual(['u2']);
    expect(readdirSync(join(folder, 'cpu/keelson/n/kubepods'))).toEqual(['podu2']);
    await groups.remove('u2');
    expect(readdirSync(join(folder, 'cpu'))).toEqual([]);
    expect(readdirSync(join(folder, 'memory'))).toEqual([]);
  });
});

describe('log rotation', () => {
  const path = (): string => join(folder, '0.log');
  const names = (): readonly string[] => readdirSync(folder).sort();

  it('moves a log that is too large, packs older ones, keeps so many, and has a new one opened', async () => {
    const limits = { maxBytes: 10, maxFiles: 4 };
    let opened = 0;
    const reopen = async (): Promise<void> => {
      opened++;
      writeFileSync(path(), '');
    };
    writeFileSync(path(), 'short');
    expect(await rotateLog(path(), limits, 't0', reopen)).toBe(false);
    for (let round = 1; round <= 5; round++) {
      writeFileSync(path(), `round ${round} is long enough`);
      expect(await rotateLog(path(), limits, `t${round}`, reopen)).toBe(true);
    }
    expect(opened).toBe(5);
    expect(names()).toEqual(['0.log', '0.log.t3.gz', '0.log.t4.gz', '0.log.t5']);
    expect(gunzipSync(readFileSync(join(folder, '0.log.t4.gz'))).toString()).toBe('round 4 is long enough');
    expect(readFileSync(join(folder, '0.log.t5'), 'utf8')).toBe('round 5 is long enough');
  });

  it('takes the move back when the runtime cannot open a new one', async () => {
    writeFileSync(path(), 'long enough to be moved');
    await expect(rotateLog(path(), { maxBytes: 10, maxFiles: 5 }, 't', () => Promise.reject(new Error('runtime is away')))).rejects.toThrow('runtime is away');
    expect(names()).toEqual(['0.log']);
  });
});

describe('image collection', () => {
  const image = (id: string): ImageStatus => ({ id, names: [id], sizeBytes: 10 });
  const minute = 60_000;

  it('removes what has been unused for longest, only when the disk is full, and only as much as is needed', async () => {
    let present = ['old', 'recent', 'used', 'new'].map(image).filter(({ id }) => id !== 'new');
    let full = 50;
    const runtime = { listImages: async () => present, removeImage: async (id: string) => void (present = present.filter((one) => one.id !== id)) } as unknown as ContainerRuntime;
    const collector = new ImageCollector(runtime, { highPercent: 85, lowPercent: 80, minAgeMs: 2 * minute }, silentLogger, async () => ({ bytes: full, of: 100 }));
    expect(await collector.collect(new Set(['old', 'recent', 'used']), 0)).toEqual([]);
    expect(await collector.collect(new Set(['recent', 'used']), 5 * minute)).toEqual([]);
    present = [...present, image('new')];
    full = 90;
    // Ten are to be freed: the oldest is enough.
    expect(await collector.collect(new Set(['used']), 10 * minute)).toEqual(['old']);
    full = 99;
    // The new one is too young, the used one in use.
    expect(await collector.collect(new Set(['used']), 11 * minute)).toEqual(['recent']);
    expect(await collector.collect(new Set(['used']), 13 * minute)).toEqual(['new']);
    expect(present.map(({ id }) => id)).toEqual(['used']);
  });
});
