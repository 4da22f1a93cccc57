import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeHere } from '../cluster/places.ts';
import type { Machine } from '../doctor/machine.ts';
import { runProgram } from '../program.ts';
import { testWorld, type TestWorld } from '../testdata/world.ts';

type Answer = (args: readonly string[]) => { ok: boolean; output: string };

function machineWith(answer: Answer, calls: string[] = [], programs: Readonly<Record<string, string>> = { ctr: '/usr/bin/ctr' }): Machine {
  return {
    nodeVersion: '20.19.0', platform: 'linux', isRoot: true,
    findProgram: (name) => programs[name],
    run: (program, args) => {
      calls.push([program, ...args].join(' '));
      return Promise.resolve(answer(args));
    },
    fileHolds: () => true, isPortFree: () => Promise.resolve(true), folderState: () => 'writable', freeBytes: () => Promise.resolve(undefined),
  } as Machine;
}

/** Leaves what a cluster with hosts leaves. */
function withHosts(world: TestWorld, names: readonly string[]): void {
  const folder = join(placeHere(world, {}).dataDir, 'hosts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'inventory.json'), JSON.stringify({ version: 1, id: 'a', hosts: names.map((name) => ({ name, socket: `/run/${name}.sock` })) }));
}

const table = 'REF TYPE DIGEST SIZE PLATFORMS LABELS\nkeelson.dev/echo:1  application/vnd.oci.image.index.v1+json sha256:ab 770.6 KiB linux/amd64 io.cri-containerd.image=managed \nsha256:cd application/vnd 770.6 KiB x - \n';
const run = (world: TestWorld, machine: Machine, line: string): Promise<number> => runProgram(world, machine, line.split(' '));

describe('image commands', () => {
  it('imports an archive into every host and says so', async () => {
    const world = testWorld();
    withHosts(world, ['host1', 'host2']);
    writeFileSync(join(world.cwd, 'echo.tar'), '');
    const calls: string[] = [];
    const machine = machineWith(() => ({ ok: true, output: 'unpacking keelson.dev/echo:1 (sha256:ab)...done\n' }), calls);
    expect(await run(world, machine, 'image import echo.tar')).toBe(0);
    expect(world.stdout()).toBe('imported keelson.dev/echo:1 into host1, host2\n');
    expect(calls.sort()).toEqual([1, 2].map((n) => `/usr/bin/ctr --address /run/host${n}.sock --namespace k8s.io images import ${join(world.cwd, 'echo.tar')}`));
  });

  it('lists images with the nodes that have them', async () => {
    const world = testWorld();
    withHosts(world, ['host1', 'host2']);
    const machine = machineWith(([, socket]) => ({ ok: true, output: socket === '/run/host1.sock' ? table : table.replace('echo', 'other') }));
    expect(await run(world, machine, 'image list')).toBe(0);
    expect(world.stdout().split('\n').map((line) => line.replace(/\s+/g, ' '))).toEqual(['IMAGE SIZE NODES', 'keelson.dev/echo:1 770.6 KiB host1', 'keelson.dev/other:1 770.6 KiB host2', '']);
    const again = testWorld();
    expect(await run(again, machine, 'image list --containerd /run/host1.sock -o json')).toBe(0);
    expect(JSON.parse(again.stdout())).toEqual([{ image: 'keelson.dev/echo:1', size: '770.6 KiB', nodes: ['/run/host1.sock'] }]);
  });

  it('says what is missing: the file, hosts, ctr, and what containerd said', async () => {
    const fine = machineWith(() => ({ ok: true, output: '' }));
    const none = testWorld();
    expect(await run(none, fine, 'image import no.tar')).toBe(2);
    expect(none.stderr()).toContain('there is no file');
    const bare = testWorld();
    expect(await run(bare, fine, 'image list')).toBe(5);
    expect(bare.stderr()).toContain('keelson up --hosts 3 --runtime cri');
    const without = testWorld();
    withHosts(without, ['host1']);
    expect(await run(without, machineWith(() => ({ ok: true, output: '' }), [], {}), 'image list')).toBe(4);
    expect(without.stderr()).toContain('apt-get install containerd');
    const refused = testWorld();
    withHosts(refused, ['host1']);
    expect(await run(refused, machineWith(() => ({ ok: false, output: 'ctr: failed to dial "/run/host1.sock": connection refused\n' })), 'image list')).toBe(4);
    expect(refused.stderr()).toContain('containerd of host1 at /run/host1.sock did not do "images list": failed to dial');
  });
});
