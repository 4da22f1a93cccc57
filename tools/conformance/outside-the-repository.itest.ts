import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeWith, findProgram, program } from '../jest/require-part.ts';
import { KeelsonProcess } from './keelson-process.ts';
import { Kubectl, type Ran } from './kubectl.ts';

type Any = any;

const launcher = fileURLToPath(new URL('../../packages/cli/bin/keelson.mjs', import.meta.url));
const examples = fileURLToPath(new URL('../../examples', import.meta.url));

jest.setTimeout(180_000);

/** A folder with the third-party plugin, a distribution that uses it, and a plugin that owns a kind. */
function workplace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-outside-'));
  cpSync(join(examples, 'third-party-plugin'), join(folder, 'reaper'), { recursive: true });
  mkdirSync(join(folder, 'gadgets'));
  writeFileSync(join(folder, 'gadgets/plugin.ts'), `import { defineKind } from '@keelson/api';
import { definePlugin } from '@keelson/sdk';
export default definePlugin({ name: 'gadgets', version: '1.0.0', kind: 'extension', summary: 'owns gadgets', crds: [defineKind({ group: 'example.org', version: 'v1', kind: 'Gadget', shortNames: ['gd'] })], setup: () => [] });
`);
  writeFileSync(join(folder, 'distribution.ts'), readFileSync(join(examples, 'distributions/acme.ts'), 'utf8')
    .replace('../third-party-plugin/src/plugin.ts', './reaper/src/plugin.ts')
    .replace('export default', "import gadgets from './gadgets/plugin.ts';\n\nexport default")
    .replace('plugins: [', 'plugins: [gadgets, '));
  return folder;
}

async function keelson(cwd: string, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [launcher, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Resolves when the process has printed the text; rejects with all that it printed when it ends before. */
function said(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      all += chunk.toString();
      if (all.includes(text)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${String(code)}:\n${all}`)));
  });
}

describe('a distribution file outside the repository', () => {
  let folder: string;
  beforeAll(() => (folder = workplace()));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is checked, explained and drawn', async () => {
    const checked = await keelson(folder, 'distro', 'check', './distribution.ts', '-o', 'json');
    expect({ ...checked, stderr: '' }).toMatchObject({ code: 0 });
    expect(JSON.parse(checked.stdout)).toMatchObject({ distribution: 'acme', problems: [] });
    const explained = await keelson(folder, 'distro', 'explain', 'runtime-sim', '--distribution', './distribution.ts');
    expect(explained.stdout).toContain('acme configures it (distribution.ts:');
    const graph = await keelson(folder, 'distro', 'graph', './distribution.ts');
    expect(graph.stdout).toMatch(/@keelson\/controller-runner +after @acme\/keelson-controller-pod-reaper/);
  });

  it('names file, line and way out when it is wrong', async () => {
    writeFileSync(join(folder, 'wrong.ts'), "import gone from '@keelson/controller-gone';\nexport default { name: 'x', version: '1.0.0', plugins: [gone] };\n");
    const checked = await keelson(folder, 'distro', 'check', './wrong.ts');
    expect(checked.code).not.toBe(0);
    expect(checked.stderr).toMatch(/wrong\.ts:1:\d+: imports @keelson\/controller-gone, which is not there\n.*correct the name/);
  });

  for (const client of ['kubectl-1.27', 'kubectl-1.35']) describeWith(program(client))(`runs, seen by ${client}`, () => {
    it('as a cluster, with the kinds of its plugins', async () => {
      const running = await KeelsonProcess.start({ flags: ['--distribution', join(folder, 'distribution.ts'), '--storage', 'memory'] });
      try {
        const kubectl = new Kubectl(running.ready.kubeconfig, client);
        expect(await kubectl.run('get crd gadgets.example.org')).toContain('gadgets.example.org');
        expect(await kubectl.run('api-resources --api-group=example.org')).toMatch(/gadgets\s+gd\s+example\.org\/v1\s+true\s+Gadget/);
        const gadget = 'apiVersion: example.org/v1\nkind: Gadget\nmetadata: { name: one }\nspec: { size: 3 }\n';
        expect(await kubectl.run('apply -f -', { input: gadget })).toContain('gadget.example.org/one created');
        expect(await kubectl.run('apply -f -', { input: gadget.replace('3', '4') })).toContain('gadget.example.org/one configured');
        expect(await kubectl.run('get gd')).toMatch(/^NAME +AGE\none +\d+s\n$/);
        expect((await kubectl.json<Any>('get gadget one')).spec).toEqual({ size: 4 });
        expect(await kubectl.run('explain gadget')).toMatch(/KIND: +Gadget/);
        expect(await kubectl.run(['diff', '-f', '-'], { input: gadget.replace('3', '4') })).toBe('');
        await kubectl.run('delete gadget one');
        await kubectl.run('delete crd gadgets.example.org');
        expect((await kubectl.try('get --raw /apis/example.org/v1')).stderr).toContain('the server could not find the requested resource');
      } finally {
        await running.destroy();
      }
    });
  });
});

describeWith(program('kubectl'))('a plugin whose errors nobody catches', () => {
  /** Throws where no caller is left to catch it, one way after the other, while ConfigMaps named `throw-…` appear. */
  const thrower = `import { controller } from '@keelson/sdk/controller';
import { definePlugin } from '@keelson/sdk';
import { ConfigMap } from '@keelson/api/core/v1';
const ways: Record<string, (error: Error) => void> = {
  timer: (error) => void setTimeout(() => { throw error; }, 1),
  microtask: (error) => queueMicrotask(() => { throw error; }),
  tick: (error) => process.nextTick(() => { throw error; }),
  rejection: (error) => void Promise.reject(error),
};
export default definePlugin({
  name: 'thrower', version: '1.0.0', kind: 'controller', summary: 'throws', rbac: [{ groups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
  setup: () => [controller({ watches: ConfigMap, async reconcile({ metadata }) { ways[metadata.name!.replace('throw-', '')]?.(new Error('nobody caught ' + metadata.name)); } })],
});
`;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-thrower-'));
    writeFileSync(join(folder, 'thrower.ts'), thrower);
    writeFileSync(join(folder, 'distribution.ts'), "import { defineDistribution } from '@keelson/distro';\nimport { standard } from '@keelson/distro/presets';\nimport thrower from './thrower.ts';\nexport default defineDistribution({ name: 'throwing', version: '1.0.0', extends: [standard], plugins: [thrower] });\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('does not end the cluster: they are its faults, by name', async () => {
    const running = await KeelsonProcess.start({ flags: ['--distribution', join(folder, 'distribution.ts'), '--storage', 'memory', '--nodes', '1'] });
    try {
      const kubectl = new Kubectl(running.ready.kubeconfig);
      for (const way of ['timer', 'microtask', 'tick', 'rejection']) {
        const logged = running.logs(`nobody caught throw-${way}`);
        await kubectl.run(`create configmap throw-${way}`);
        expect(await logged).toMatch(/thrower/);
      }
      await kubectl.run('create configmap afterwards');
      const list = JSON.parse((await keelson(folder, 'plugin', 'list', '--data-dir', join(running.folder, 'data'), '-o', 'json')).stdout) as Any;
      expect((list.plugins ?? list).find(({ name }: Any) => name === 'thrower')).toMatchObject({ faults: 4, state: 'ready' });
      expect(await running.stop()).toBe(0);
    } finally {
      await running.destroy();
    }
  });
});

describeWith(program('kubectl'))('keelson operator run', () => {
  let cluster: KeelsonProcess;
  let folder: string;
  beforeAll(async () => {
    folder = workplace();
    cluster = await KeelsonProcess.start({ flags: ['--nodes', '1', '--storage', 'memory'] });
  });
  afterAll(async () => {
    await cluster.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  it('works on a cluster from outside, with the same plugin, until it is told to stop', async () => {
    const kubectl = new Kubectl(cluster.ready.kubeconfig);
    const pod = (name: string, annotations: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, annotations: { ${annotations} } }\nspec: { restartPolicy: Never, containers: [{ name: main, image: example.org/job }] }\n`;
    await kubectl.run('apply -f -', { input: `${pod('finished', 'sim.keelson.io/exit-after: 100ms')}---\n${pod('busy', '')}` });
    await kubectl.run(['wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/finished', '--timeout=30s']);
    await kubectl.run('wait --for=condition=Ready pod/busy --timeout=30s');
    const operator = spawn(process.execPath, [launcher, 'operator', 'run', join(folder, 'reaper'), '--kubeconfig', cluster.ready.kubeconfig, '--config', 'keepSeconds: 1'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const exited = once(operator, 'exit') as Promise<[number | null]>;
    try {
      await said(operator, '@acme/keelson-controller-pod-reaper 1.0.0 is running against');
      await kubectl.run('wait --for=delete pod/finished --timeout=30s');
      expect((await kubectl.run('get pods -o name')).trim()).toBe('pod/busy');
    } finally {
      operator.kill('SIGTERM');
    }
    expect((await exited)[0]).toBe(0);
  });

  it('says what is wrong', async () => {
    const wrong = await keelson(folder, 'operator', 'run', './reaper', '--kubeconfig', cluster.ready.kubeconfig, '--config', 'keepSeconds: no');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('KEEL_BAD_CONFIG');
    const nowhere = await keelson(folder, 'operator', 'run', './reaper', '--kubeconfig', './gone');
    expect(nowhere.stderr).toMatch(/kubeconfig \S+\/gone cannot be read/);
  });
});

describeWith(program('etcd'))('keelson distro build', () => {
  it('makes one file that runs from an empty folder, on etcd too', async () => {
    const folder = workplace();
    const empty = join(folder, 'empty');
    let etcd: ChildProcess | undefined;
    let running: KeelsonProcess | undefined;
    try {
      const built = await keelson(folder, 'distro', 'build', './distribution.ts', '--out-dir', 'out');
      expect({ ...built, stdout: '' }).toMatchObject({ code: 0 });
      expect(readdirSync(join(folder, 'out')).sort()).toEqual(['acme.mjs', 'acme.mjs.map', 'crds.yaml', 'plugins.json', 'rbac.yaml', 'settings.schema.json']);
      expect(readFileSync(join(folder, 'out/crds.yaml'), 'utf8')).toContain('name: gadgets.example.org');
      mkdirSync(empty);
      cpSync(join(folder, 'out/acme.mjs'), join(empty, 'acme.mjs'));
      const [client, peer] = [await freePort(), await freePort()];
      etcd = spawn(findProgram('etcd')!, ['--data-dir', join(folder, 'etcd'), '--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`], { stdio: ['ignore', 'ignore', 'pipe'] });
      await said(etcd, 'ready to serve client requests');
      running = await KeelsonProcess.start({ entry: join(empty, 'acme.mjs'), folder: empty, flags: ['--storage', 'etcd', '--storage-endpoints', client] });
      expect(running.ready).toMatchObject({ storage: 'etcd', plugins: expect.arrayContaining([expect.objectContaining({ name: '@acme/keelson-controller-pod-reaper', state: 'ready' }), expect.objectContaining({ name: 'gadgets', state: 'ready' })]) });
      expect(await running.stop()).toBe(0);
    } finally {
      await running?.stop();
      if (etcd !== undefined && etcd.exitCode === null) {
        etcd.kill();
        await once(etcd, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function freePort(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(`http://127.0.0.1:${port}`));
    });
  });
}
