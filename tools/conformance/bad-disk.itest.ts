import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, everyPart, program, root } from '../jest/require-part.ts';
import { KeelsonProcess } from './keelson-process.ts';
import { Kubectl } from './kubectl.ts';

jest.setTimeout(120_000);

const flags = ['--nodes', '1'];

async function names(kubectl: Kubectl): Promise<string[]> {
  const printed = await kubectl.run('get configmaps -o name');
  return printed.trim().split('\n').map((line) => line.replace('configmap/', '')).filter((name) => name !== 'kube-root-ca.crt').sort();
}

describeWith(program('kubectl'))('a log that was damaged while the cluster was down', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'keelson-damage-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Makes five objects, kills the cluster, and names the files of its log. */
  async function killed(): Promise<readonly string[]> {
    const keelson = await KeelsonProcess.start({ folder, flags });
    const kubectl = new Kubectl(keelson.ready.kubeconfig);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await kubectl.run(`create configmap ${name} --from-literal=k=${name}`);
    await keelson.stop('SIGKILL');
    const store = join(folder, 'data/store/store');
    return readdirSync(store).filter((name) => name.startsWith('log-')).sort().map((name) => join(store, name));
  }

  it('starts without the last record when that is incomplete, says so, and has the rest', async () => {
    const log = (await killed()).at(-1)!;
    // Behind the last record lie zeros, which the next one overwrites: 24 of them.
    truncateSync(log, statSync(log).size - 30);
    const keelson = await KeelsonProcess.start({ folder, flags });
    expect(keelson.log).toContain(`the last record in ${log} is incomplete; cut off at offset`);
    expect(keelson.log).toContain('restore the data directory from a backup to have it');
    const kubectl = new Kubectl(keelson.ready.kubeconfig);
    expect((await names(kubectl)).slice(0, 4)).toEqual(['a', 'b', 'c', 'd']);
    await kubectl.run('create configmap f');
    await keelson.destroy();
  });

  it('refuses to start on a log that is damaged in the middle, and names the file and the way out', async () => {
    const log = (await killed())[0]!;
    const file = openSync(log, 'r+');
    writeSync(file, 'damage', 5000);
    closeSync(file);
    await expect(KeelsonProcess.start({ folder, flags })).rejects.toThrow(new RegExp(`exit code 4[^]*log ${log} is corrupt at offset \\d+, and later records exist; restore the data directory from a backup, or move it away to start empty\\nreason: KEEL_STORE_CORRUPT`));
  });
});

describeWith(everyPart(program('kubectl'), root))('a full disk', () => {
  it('refuses writes with the reason, serves reads, loses nothing, and goes on when there is space', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-full-'));
    const mount = join(folder, 'disk');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mount]);
    let keelson: KeelsonProcess | undefined;
    try {
      keelson = await KeelsonProcess.start({ folder: mount, flags });
      let kubectl = new Kubectl(keelson.ready.kubeconfig);
      writeFileSync(join(folder, 'big'), 'x'.repeat(900_000));
      const acknowledged: string[] = [];
      let refused = '';
      while (refused === '' && acknowledged.length < 50) {
        const name = `big-${String(acknowledged.length).padStart(2, '0')}`;
        const ran = await kubectl.try(['create', 'configmap', name, `--from-file=${join(folder, 'big')}`]);
        if (ran.code === 0) acknowledged.push(name);
        else refused = ran.stderr;
      }
      expect(refused).toContain('storage is unavailable: cannot write to data directory');
      expect(refused).toContain('the disk is full; free space, writes then succeed again');
      expect(await names(kubectl)).toEqual(acknowledged);
      expect((await kubectl.try(['get', '--raw', '/readyz'])).stderr).toMatch(/disk is full/);
      execFileSync('mount', ['-o', 'remount,size=64m', mount]);
      await kubectl.run('create configmap later');
      expect(await keelson.stop()).toBe(0);
      keelson = await KeelsonProcess.start({ folder: mount, flags });
      kubectl = new Kubectl(keelson.ready.kubeconfig);
      expect(await names(kubectl)).toEqual([...acknowledged, 'later']);
    } finally {
      await keelson?.stop();
      // Lazily: a process that has just ended may still hold it for a moment.
      execFileSync('umount', ['--lazy', mount]);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
