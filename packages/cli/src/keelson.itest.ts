import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemProcesses } from './adapters/processes.ts';
import { describeWith, findProgram, program } from '../../../tools/jest/require-part.ts';

const launcher = resolve(__dirname, '../bin/keelson.mjs');
const folder = mkdtempSync(join(tmpdir(), 'keelson-itest-'));
const env = { ...process.env, KEELSON_HOME: join(folder, 'home'), KUBECONFIG: '' };
const children = new Set<ChildProcess>();

interface Running {
  readonly child: ChildProcess;
  readonly ready: { server: string; kubeconfig: string; readyMs: number };
  readonly ended: Promise<number | null>;
  readonly stderr: () => string;
}

/** Starts `keelson up` in `cwd` and waits for its JSON line. */
function startUp(cwd: string, ...options: (string | { readonly entry: string })[]): Promise<Running> {
  const flags = options.filter((option) => typeof option === 'string');
  const { entry } = options.find((option) => typeof option === 'object') ?? { entry: launcher };
  const child = spawn(process.execPath, [entry, 'up', '--api-port', '0', '--output', 'json', ...flags], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let [out, err] = ['', ''];
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) done({ child, ready: JSON.parse(out.split('\n')[0]!) as Running['ready'], ended, stderr: () => err });
    });
    void ended.then((code) => fail(new Error(`up ended with ${code}: ${err}`)));
  });
}

/** Runs a command to its end, however it ends. */
function keelson(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [launcher, ...args], { cwd: folder, env }, (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}

afterAll(() => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('keelson as a program', () => {
  jest.setTimeout(120_000);

  it('builds itself, says it is ready, answers the other commands, and ends with success at SIGTERM', async () => {
    const up = await startUp(folder);
    expect(up.ready).toMatchObject({ server: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/), kubeconfig: join(folder, '.keelson/kubeconfig'), readyMs: expect.any(Number) });
    expect(readFileSync(up.ready.kubeconfig, 'utf8')).toContain('current-context: keelson-keelson');

    const status = await keelson('status', '-o', 'json');
    expect({ code: status.code, ...(JSON.parse(status.stdout) as object) }).toMatchObject({ code: 0, ready: true, server: up.ready.server });
    expect((await keelson('plugin', 'list')).stdout).toContain('@keelson/kernel');
    expect((await keelson('get', 'kubeconfig')).stdout).toBe(readFileSync(up.ready.kubeconfig, 'utf8'));

    const second = await keelson('up', '--api-port', '0');
    expect(second.code).toBe(5);
    expect(second.stderr).toContain('KEEL_CLUSTER_RUNNING');

    up.child.kill('SIGTERM');
    expect(await up.ended).toBe(0);
    expect(up.stderr()).toContain('✓ Stopped');
    expect(existsSync(join(folder, '.keelson/cluster.json'))).toBe(false);
    expect((await keelson('status')).code).toBe(5);
  });

  it('lives on when its log cannot be written', async () => {
    await keelson('--version'); // builds if it must: only the program itself is judged here
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [launcher, 'up', '--api-port', '0', '--output', 'json', '--storage', 'memory', '--log-level', 'debug'], { cwd: mkdtempSync(join(folder, 'full-')), stdio: ['ignore', 'pipe', full] });
    closeSync(full);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const line = await Promise.race([new Promise((resolve) => child.stdout!.once('data', resolve)), ended.then((code) => `ended with ${String(code)}`)]);
    expect(String(line)).toContain('"server"');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('names the port that is taken, and how to choose another', async () => {
    const up = await startUp(folder, '--storage', 'memory');
    const other = mkdtempSync(join(folder, 'other-'));
    const taken = await keelson('up', '--storage', 'memory', '--data-dir', other, '--api-port', new URL(up.ready.server).port);
    up.child.kill('SIGINT');
    expect(await up.ended).toBe(0);
    expect(taken.code).toBe(4);
    expect(taken.stderr).toContain('--api-port');
  });

  it('makes a cluster in the background and removes it without a trace', async () => {
    const created = await keelson('create', 'cluster', 'one', '--storage', 'memory', '--output', 'json');
    expect({ code: created.code, stderr: created.stderr }).toMatchObject({ code: 0 });
    const { pid, kubeconfig } = JSON.parse(created.stdout) as { pid: number; kubeconfig: string };
    expect(JSON.parse((await keelson('get', 'clusters', '-o', 'json')).stdout)).toMatchObject([{ name: 'one', status: 'Running' }]);
    expect((await keelson('status', '--name', 'one')).code).toBe(0);
    expect((await keelson('delete', 'cluster', 'one')).code).toBe(0);
    expect(existsSync(kubeconfig)).toBe(false);
    // Not kill(pid, 0): an init that does not reap orphans keeps the ended process as a zombie.
    expect(systemProcesses.mark(pid)).toBeUndefined();
  });
});

describe('a built distribution', () => {
  jest.setTimeout(120_000);

  it('is one file that boots from an empty folder', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    const example = resolve(__dirname, '../../../examples/distributions/acme.ts');
    const built = await keelson('distro', 'build', example, '--out-dir', join(folder, 'built'), '-o', 'json');
    expect({ code: built.code, stderr: built.stderr }).toMatchObject({ code: 0 });
    const { files, distribution } = JSON.parse(built.stdout) as { files: string[]; distribution: string };
    const artifact = join(empty, 'artifact.mjs');
    copyFileSync(files.find((file) => file.endsWith(`${distribution}.mjs`))!, artifact);
    const up = await startUp(empty, { entry: artifact }, '--storage', 'memory');
    expect(up.ready.kubeconfig).toBe(join(empty, '.keelson/kubeconfig'));
    up.child.kill('SIGTERM');
    expect(await up.ended).toBe(0);
  });
});

describeWith(program('kubectl'))('keelson with kubectl', () => {
  jest.setTimeout(120_000);

  it('keeps objects over a restart and draws the trace of a change', async () => {
    const first = await startUp(folder);
    const kubectl = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(findProgram('kubectl')!, ['--kubeconfig', first.ready.kubeconfig, ...args], { encoding: 'utf8', input: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kept"},"data":{"a":"b"}}' });
      if (status !== 0) throw new Error(stderr);
      return stdout;
    };
    expect(kubectl('apply', '-f', '-')).toContain('configmap/kept created');
    const trace = await keelson('trace', 'cm/kept');
    expect({ code: trace.code, stderr: trace.stderr }).toMatchObject({ code: 0 });
    expect(trace.stdout).toMatch(/POST \/api\/v1\/namespaces\/\{namespace\}\/configmaps .*default\/kept[\s\S]*─ store [\s\S]*─ publish configmaps/);
    first.child.kill('SIGTERM');
    await first.ended;
    const again = await startUp(folder);
    expect(kubectl('get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}')).toBe('b');
    // The same trace, from the disk; also when the process could not say good-bye.
    expect((await keelson('trace', 'cm/kept')).stdout).toBe(trace.stdout);
    again.child.kill('SIGKILL');
    await again.ended;
    const third = await startUp(folder);
    expect((await keelson('trace', 'cm/kept')).stdout).toBe(trace.stdout);
    third.child.kill('SIGTERM');
    expect(await third.ended).toBe(0);
  });
});
