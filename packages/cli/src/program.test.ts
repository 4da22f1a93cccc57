import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpanKind } from '@opentelemetry/api';
import type { Machine } from './doctor/machine.ts';
import { runProgram } from './program.ts';
import { readState, writeState } from './cluster/state-file.ts';
import { placeHere, placeNamed } from './cluster/places.ts';
import { kubeconfigText } from './testdata/kubeconfig.ts';
import { testWorld, type TestWorld } from './testdata/world.ts';

const machine: Machine = {
  nodeVersion: '20.19.0',
  platform: 'linux',
  isRoot: false,
  findProgram: (name) => (name === 'kubectl' ? '/usr/bin/kubectl' : undefined),
  run: () => Promise.resolve({ ok: true, output: '{"gitVersion":"v1.35.2"}' }),
  fileHolds: () => true,
  isPortFree: () => Promise.resolve(true),
  folderState: () => 'missing',
  freeBytes: () => Promise.resolve(50 * 2 ** 30),
};

const run = (world: TestWorld, line: string, on: Partial<Machine> = {}): Promise<number> => runProgram(world, { ...machine, ...on }, line.split(' ').filter((word) => word !== ''));

/** Leaves what a running cluster of the current directory leaves. */
function running(world: TestWorld): void {
  const place = placeHere(world, {});
  mkdirSync(place.dataDir, { recursive: true });
  writeFileSync(place.kubeconfig, kubeconfigText('keelson'));
  writeState(place, { name: 'keelson', pid: 77, mark: 'm', server: 'https://127.0.0.1:6443', kubeconfig: place.kubeconfig, storage: 'embedded', runtime: 'sim', nodes: 1, version: '0.1.0', distribution: 'standard', startedAt: world.clock.now() - 65_000 });
  world.alive.set(77, 'm');
}

describe('command line', () => {
  it.each(['', 'nonsense', 'get', 'get nonsense', 'cluster', 'up --no-such-flag', 'trace', 'completion tcsh', 'up --storage disk', 'up --nodes -1', 'get clusters -o yaml', 'trace web', 'trace deploy/web --limit 0', 'trace deploy/web --limit 1e9'])('"%s" is a usage error', async (line) => {
    const world = testWorld();
    expect(await run(world, line)).toBe(2);
    expect(world.stderr()).not.toBe('');
    expect(world.stdout()).toBe('');
    expect(world.stderr()).toMatch(/\nreason: KEEL_USAGE_[A-Z_]+\n$/);
  });

  it.each([
    ['help distro build', 'Usage: keelson distro build [options] <file>'],
    ['help', 'Usage: keelson [options] [command]'],
    ['help up', 'Usage: keelson up [options]'],
  ])('"%s" prints help, however deep', async (line, expected) => {
    const world = testWorld();
    expect(await run(world, line)).toBe(0);
    expect(world.stdout()).toContain(expected);
  });

  it('names the way out for help of a command that is none', async () => {
    const world = testWorld();
    expect(await run(world, 'help distro bild')).toBe(2);
    expect(world.stderr()).toContain('there is no command "distro bild": type keelson distro --help\nreason: KEEL_USAGE_COMMAND');
  });

  it.each([
    ['up --help', /default\s+6443\)[^]*default\s+warn\)/],
    ['create cluster --help', /default\s+0\)[^]*default\s+info\)/],
    ['cluster create --help', /default\s+0\)[^]*default\s+info\)/],
  ])('%s tells the defaults that hold for it', async (line, pattern) => {
    const world = testWorld();
    expect(await run(world, line)).toBe(0);
    expect(world.stdout()).toMatch(pattern);
  });

  it('says how to start a cluster that has another name or lives in the home', async () => {
    const world = testWorld();
    expect(await run(world, 'status --name b')).toBe(5);
    expect(world.stdout()).toContain('Start it with: keelson create cluster b\n');
    expect(await run(world, 'status --data-dir data')).toBe(5);
    expect(world.stdout()).toContain(`Start it with: keelson up --data-dir ${join(world.cwd, 'data')}\n`);
  });

  it('asks which one is meant when two clusters run under one name', async () => {
    const world = testWorld();
    running(world);
    const named = placeNamed(world, 'keelson');
    mkdirSync(named.dataDir, { recursive: true });
    writeState(named, { ...readState(placeHere(world, {}))!, pid: 78 });
    world.alive.set(78, 'm');
    expect(await run(world, 'status --name keelson')).toBe(5);
    expect(world.stderr()).toContain('choose one with --data-dir\nreason: KEEL_CLUSTER_AMBIGUOUS');
  });

  it('prints help and version to stdout with success', async () => {
    const world = testWorld();
    expect(await run(world, '--help')).toBe(0);
    expect(await run(world, '--version')).toBe(0);
    for (const command of ['up', 'create', 'delete', 'get', 'status', 'plugin', 'trace', 'doctor', 'operator', 'image', 'distro', 'completion']) expect(world.stdout()).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(world.stdout()).toContain('0.1.0');
  });

  it.each(['status', 'get kubeconfig', 'trace deploy/web'])('%s of a cluster that does not run fails with class 5 and says what to type', async (line) => {
    const world = testWorld();
    expect(await run(world, line)).toBe(5);
    expect(world.stdout() + world.stderr()).toContain('keelson up');
  });

  it('lists clusters, none and one', async () => {
    const world = testWorld();
    expect(await run(world, 'get clusters')).toBe(0);
    expect(world.stdout()).toContain('No clusters');
    running(world);
    expect(await run(world, 'get clusters -o json')).toBe(0);
    expect(JSON.parse(world.stdout().split('\n').at(-2)!)).toMatchObject([{ name: 'keelson', status: 'Running', server: 'https://127.0.0.1:6443' }]);
  });

  it('takes a recycled pid for a dead cluster', async () => {
    const world = testWorld();
    running(world);
    world.alive.set(77, 'somebody else');
    expect(await run(world, 'status')).toBe(5);
  });

  it('shows status, and fails while not ready', async () => {
    const world = testWorld();
    running(world);
    const node = { metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    world.answers.set('/readyz', { status: 200, body: '[+]ping ok\n[+]store ok\nreadyz check passed\n' });
    world.answers.set('/version', { status: 200, body: '{"gitVersion":"v1.36.0"}' });
    world.answers.set('/api/v1/nodes', { status: 200, body: JSON.stringify({ items: [node] }) });
    expect(await run(world, 'status -o json')).toBe(0);
    expect(JSON.parse(world.stdout())).toMatchObject({ ready: true, nodes: 1, readyNodes: 1, version: 'v1.36.0', checks: { passing: 2, failing: [] } });
    world.answers.set('/readyz', { status: 500, body: '[+]ping ok\n[-]plugin x failed: starting\n' });
    expect(await run(world, 'status')).toBe(7);
    expect(world.stdout()).toContain('Not ready: plugin x failed: starting');
  });

  it('prints the kubeconfig only of a ready cluster', async () => {
    const world = testWorld();
    running(world);
    world.answers.set('/readyz', { status: 500, body: '' });
    expect(await run(world, 'get kubeconfig')).toBe(5);
    expect(world.stdout()).toBe('');
    world.answers.set('/readyz', { status: 200, body: 'ok' });
    expect(await run(world, 'get kubeconfig')).toBe(0);
    expect(world.stdout()).toBe(kubeconfigText('keelson'));
  });

  it('asks for a trace by short name and draws it', async () => {
    const world = testWorld();
    running(world);
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'PATCH /x', kind: SpanKind.SERVER, scope: 'apiserver', seq: 0, start: 1, end: 3, attributes: { 'keelson.object.name': 'web' }, links: [], events: [], status: { code: 0 } };
    world.answers.set('/debug/keelson/traces', { status: 200, body: JSON.stringify({ traces: [{ traceId: span.traceId, spans: [span] }], held: 1, evicted: 0 }) });
    expect(await run(world, 'trace deploy/web -n shop')).toBe(0);
    expect(world.asked).toEqual(['/debug/keelson/traces?kind=deploy&name=web&namespace=shop']);
    expect(world.stdout()).toContain('PATCH /x  +0.00ms  2.00ms  web [apiserver]');
    world.answers.set('/debug/keelson/traces', { status: 200, body: '{"traces":[],"held":9,"evicted":4}' });
    expect(await run(world, 'trace node/n1')).toBe(5);
    expect(world.asked[1]).toBe('/debug/keelson/traces?kind=node&name=n1&namespace=default');
    expect(world.stderr()).toContain('4 older spans are no longer kept');
  });

  it('lists and describes the plugins of a running cluster', async () => {
    const world = testWorld();
    running(world);
    const plugin = { name: '@keelson/dns-cache', version: '1.2.3', kind: 'dns', summary: 'keeps answers', state: 'degraded', since: world.clock.now(), faults: 5, restarts: 1, lastError: 'boom', edges: [{ to: '@keelson/x', kind: 'token', via: 'keelson.x' }], fills: ['keelson.dns.handlers'] };
    world.answers.set('/debug/keelson/plugins', { status: 200, body: JSON.stringify({ plugins: [plugin] }) });
    expect(await run(world, 'plugin list')).toBe(0);
    expect(world.stdout()).toMatch(/@keelson\/dns-cache +1\.2\.3 +dns +degraded +0s +5 +keeps answers/);
    expect(await run(world, 'plugin describe dns-cache')).toBe(0);
    expect(world.stdout()).toContain('Last error:    boom');
    expect(await run(world, 'plugin describe nobody')).toBe(3);
  });

  it('reports an unreachable server without a stack trace being the first thing', async () => {
    const world = testWorld();
    running(world);
    expect(await run(world, 'get kubeconfig')).toBe(1);
    expect(world.stderr()).toMatch(/^error: .*ECONNREFUSED/);
  });
});

describe('doctor', () => {
  it('is content with a fine machine', async () => {
    const world = testWorld();
    expect(await run(world, 'doctor')).toBe(0);
    expect(world.stdout()).toContain(' ✓ kubectl: v1.35.2 at /usr/bin/kubectl');
    expect(world.stdout()).toContain(' ! etcd: not found; only for --storage etcd');
  });

  it.each([
    ['an old node', { nodeVersion: '18.20.0' }],
    ['a full disk', { freeBytes: () => Promise.resolve(1000) }],
    ['a data directory of somebody else', { folderState: () => 'not writable' as const }],
  ])('fails for %s', async (_what, on) => {
    expect(await run(testWorld(), 'doctor -o json', on)).toBe(4);
  });

  it('forgets a dead process with --fix', async () => {
    const world = testWorld();
    running(world);
    world.alive.clear();
    expect(await run(world, 'doctor --fix')).toBe(0);
    expect(world.stdout()).toContain('fixed: forgot process 77');
    expect(await run(world, 'doctor')).toBe(0);
    expect(world.stdout().split('last run')).toHaveLength(2);
  });
});

describe('completion', () => {
  it('gives bash a script that completes commands and flags', async () => {
    const world = testWorld();
    expect(await run(world, 'completion bash')).toBe(0);
    const words = (...typed: string[]): string[] => {
      const script = `${world.stdout()}\nCOMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}; _keelson; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split('\n');
    };
    expect(words('keelson', 'pl')).toEqual(['plugin']);
    expect(words('keelson', 'get', '')).toEqual(expect.arrayContaining(['clusters', 'kubeconfig']));
    expect(words('keelson', 'up', '--stor')).toEqual(['--storage', '--storage-endpoints']);
    expect(words('keelson', 'cluster', 'create', '--name', 'x', '--ret')).toEqual(['--retain']);
  });

  it.each([['zsh', /^#compdef keelson/], ['fish', /complete -c keelson .* -a plugin/]])('gives %s a script', async (shell, pattern) => {
    const world = testWorld();
    expect(await run(world, `completion ${shell}`)).toBe(0);
    expect(world.stdout()).toMatch(pattern);
  });
});

describe('distributions', () => {
  it('checks a file and reports every problem with class 3', async () => {
    const world = testWorld();
    writeFileSync(join(world.cwd, 'distribution.ts'), "import { defineDistribution } from '@keelson/distro';\nexport default defineDistribution({ name: 'acme', version: '1.0.0', remove: ['@keelson/nobody'] });\n");
    expect(await run(world, 'distro check ./distribution.ts')).toBe(3);
    expect(world.stderr()).toContain('@keelson/nobody');
    writeFileSync(join(world.cwd, 'fine.ts'), "import { defineDistribution } from '@keelson/distro';\nexport default defineDistribution({ name: 'acme', version: '1.0.0' });\n");
    expect(await run(world, 'distro graph ./fine.ts -o json')).toBe(0);
    expect(JSON.parse(world.stdout())).toMatchObject({ distribution: 'acme', plugins: [] });
    expect(await run(world, 'distro check ./fine.ts')).toBe(0);
    expect(world.stderr()).toContain('warning: distribution acme: it has no plugins');
  });

  it('names presets when it knows none of that name', async () => {
    const world = testWorld();
    expect(await run(world, 'distro check acme')).toBe(3);
    expect(world.stderr()).toContain('use standard or the path of a distribution file, for example ./acme.ts');
  });
});
