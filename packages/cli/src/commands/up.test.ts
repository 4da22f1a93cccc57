import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeelsonError } from '@keelson/sdk';
import type { BootOptions } from '@keelson/distro/boot';
import type { BootedCluster } from '../seams.ts';
import { placeHere, placeNamed } from '../cluster/places.ts';
import { readState, writeState } from '../cluster/state-file.ts';
import { describeError, exitCodeOf } from '../errors.ts';
import { kubeconfigText } from '../testdata/kubeconfig.ts';
import { testWorld, type TestWorld } from '../testdata/world.ts';
import { createCluster, deleteCluster } from './cluster.ts';
import { up } from './up.ts';

interface Booted {
  readonly world: TestWorld;
  options: BootOptions | undefined;
  closed: number;
  readonly ready: Promise<void>;
}

/** A world whose boot is made of thin air; `ready` resolves when `up` has said that it serves. */
function bootable(behave: (options: BootOptions) => Promise<Partial<BootedCluster>> = () => Promise.resolve({})): Booted {
  let announce: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (announce = resolve));
  const booted: Booted = {
    options: undefined,
    closed: 0,
    ready,
    world: testWorld({
      parts: {
        loadBoot: async () => async (options) => {
          booted.options = options;
          options.onStep?.('Open storage');
          const over = await behave(options);
          writeFileSync(options.kubeconfig, kubeconfigText(options.name));
          setImmediate(announce);
          return { server: 'https://127.0.0.1:6443', kubeconfig: options.kubeconfig, host: { status: () => [], stray: () => undefined }, close: async () => void booted.closed++, ...over };
        },
      },
    }),
  };
  booted.world.alive.set(4242, 'self');
  return booted;
}

describe('keelson up', () => {
  it('announces one JSON line, leaves its state, and stops cleanly at a signal', async () => {
    const booted = bootable();
    const { world } = booted;
    const done = up(world, { output: 'json', nodes: '3', storage: 'memory', apiPort: '0' });
    await booted.ready;
    const place = placeHere(world, {});
    expect(readState(place)).toMatchObject({ pid: 4242, mark: 'self', storage: 'memory', nodes: 3 });
    world.interrupt();
    expect(await done).toBe(0);
    expect(world.stdout().split('\n')).toHaveLength(2);
    expect(JSON.parse(world.stdout())).toMatchObject({ server: 'https://127.0.0.1:6443', kubeconfig: place.kubeconfig, readyMs: expect.any(Number) });
    expect([booted.closed, existsSync(place.state)]).toEqual([1, false]);
    expect(booted.options).toMatchObject({ name: 'keelson', apiPort: 0, nodes: 3, storage: 'memory', runtime: 'sim', dataDir: join(world.cwd, '.keelson') });
  });

  it('tells a person where it is and what to type', async () => {
    const booted = bootable();
    const done = up(booted.world, {});
    await booted.ready;
    booted.world.interrupt();
    await done;
    expect(booted.world.stdout()).toContain('export KUBECONFIG=.keelson/kubeconfig\n  kubectl get nodes');
    expect(booted.world.stderr()).toContain('✓ Open storage');
    expect(booted.world.stderr()).toContain('✓ Stopped');
  });

  it('merges its context into another file only when asked, and leaves the rest of it alone', async () => {
    const booted = bootable();
    const mine = join(booted.world.cwd, 'mine');
    writeFileSync(mine, kubeconfigText('other', 'https://10.0.0.1:6443'));
    const done = up(booted.world, { kubeconfig: 'mine', output: 'json' });
    await booted.ready;
    booted.world.interrupt();
    await done;
    expect(JSON.parse(booted.world.stdout())).toMatchObject({ kubeconfig: mine });
    expect(readFileSync(mine, 'utf8')).toContain('https://10.0.0.1:6443');
    expect(readFileSync(mine, 'utf8')).toContain('current-context: keelson-keelson\n');
  });

  it('does not write its context over that of another cluster, but over what is left of one at its own address', async () => {
    const booted = bootable();
    const mine = join(booted.world.cwd, 'mine');
    writeFileSync(mine, kubeconfigText('keelson', 'https://127.0.0.1:7000'));
    await expect(up(booted.world, { kubeconfig: 'mine' })).rejects.toThrow(/context keelson-keelson in .*mine belongs to another cluster \(https:\/\/127.0.0.1:7000\): choose another name with --name, or remove it with kubectl/);
    expect(booted.options).toBeUndefined();
    const done = up(booted.world, { kubeconfig: 'mine', apiPort: '7000' });
    await booted.ready;
    booted.world.interrupt();
    expect(await done).toBe(0);
    // From now on the authority tells that it is the same cluster, whatever its port.
    const again = up(booted.world, { kubeconfig: 'mine', apiPort: '0', output: 'json' });
    setTimeout(() => booted.world.interrupt(), 20);
    expect(await again).toBe(0);
  });

  it('refuses a second cluster in the same data directory', async () => {
    const booted = bootable();
    const done = up(booted.world, {});
    await booted.ready;
    await expect(up(booted.world, {})).rejects.toMatchObject({ code: 'KEEL_CLUSTER_RUNNING' });
    booted.world.interrupt();
    await done;
  });

  it('ends with success when interrupted while it boots', async () => {
    const booted = bootable((options) => new Promise((_, reject) => options.signal!.addEventListener('abort', () => reject(options.signal!.reason as Error))));
    const done = up(booted.world, {});
    setTimeout(() => booted.world.interrupt(), 20);
    expect(await done).toBe(0);
    expect(booted.world.stdout()).toBe('');
  });

  it('passes on what went wrong at boot, with its class', async () => {
    const fault = new KeelsonError('KEEL_PORT_TAKEN', 'port 6443 is taken; choose another with --api-port');
    const booted = bootable(() => Promise.reject(fault));
    await expect(up(booted.world, {})).rejects.toBe(fault);
    expect(exitCodeOf(fault)).toBe(4);
    expect(booted.world.stderr()).toContain('✗ Open storage');
  });

  it('stops and fails when the cluster fails while it serves', async () => {
    const booted = bootable(() => Promise.resolve({ failed: Promise.reject(new Error('storage is gone')) }));
    expect(await up(booted.world, {})).toBe(1);
    expect(booted.closed).toBe(1);
    expect(booted.world.stderr()).toContain('storage is gone');
  });

  it('goes on when an error that nothing caught belongs to a plugin, or is a rejection', async () => {
    const seen: string[] = [];
    const booted = bootable(() => Promise.resolve({ host: { status: () => [], stray: (error) => (seen.push(error.message), error.message === 'of a plugin' ? 'acme' : undefined) } }));
    const done = up(booted.world, {});
    await booted.ready;
    booted.world.uncaughtError(new Error('of a plugin'), 'exception');
    booted.world.uncaughtError(new Error('of nobody'), 'rejection');
    booted.world.interrupt();
    expect(await done).toBe(0);
    expect(seen).toEqual(['of a plugin', 'of nobody']);
  });

  it('stops in order and fails after an exception that belongs to no plugin', async () => {
    const booted = bootable();
    const done = up(booted.world, {});
    await booted.ready;
    booted.world.uncaughtError(new Error('half done'), 'exception');
    expect(await done).toBe(1);
    expect(booted.closed).toBe(1);
    expect(booted.world.stderr()).toContain('an error that nothing caught, and that belongs to no plugin: half done');
  });

  it('ends a boot that throws where nothing catches it', async () => {
    const booted = bootable((options) => new Promise((_, reject) => options.signal!.addEventListener('abort', () => reject(options.signal!.reason as Error))));
    const done = up(booted.world, {});
    setTimeout(() => booted.world.uncaughtError(new Error('early'), 'exception'), 20);
    await expect(done).rejects.toMatchObject({ code: 'KEEL_UNCAUGHT' });
  });
});

describe('keelson create and delete cluster', () => {
  function detaching(world: TestWorld): void {
    world.detached = (args) => {
      const dataDir = args[args.indexOf('--data-dir') + 1]!;
      const place = { ...placeNamed(world, 'one'), dataDir };
      world.alive.set(99, 'child');
      writeFileSync(place.kubeconfig, kubeconfigText('one'));
      writeState(place, { name: 'one', pid: 99, mark: 'child', server: 'https://127.0.0.1:7777', kubeconfig: place.kubeconfig, storage: 'embedded', runtime: 'sim', nodes: 1, version: '0.1.0', distribution: 'standard', startedAt: 0 });
      return Promise.resolve({ pid: 99, line: JSON.stringify({ server: 'https://127.0.0.1:7777', kubeconfig: place.kubeconfig, readyMs: 900, pid: 99 }) });
    };
  }

  it('makes a cluster in the background, then removes exactly what was added', async () => {
    const world = testWorld();
    detaching(world);
    const mine = join(world.cwd, 'mine');
    const before = kubeconfigText('other', 'https://10.0.0.1:6443');
    writeFileSync(mine, before);
    expect(await createCluster(world, 'one', { kubeconfig: 'mine', output: 'json' })).toBe(0);
    expect(JSON.parse(world.stdout())).toMatchObject({ name: 'one', kubeconfig: mine });
    expect(readFileSync(mine, 'utf8')).toContain('keelson-one');
    await expect(createCluster(world, 'one', {})).rejects.toMatchObject({ code: 'KEEL_CLUSTER_EXISTS' });
    expect(await deleteCluster(world, 'one', {})).toBe(0);
    expect(world.stdout()).toContain(`Cluster "one" is deleted, with its data in ${placeNamed(world, 'one').dataDir} and its context in ${mine}.\n`);
    expect(world.signalled).toEqual([{ pid: 99, signal: 'SIGTERM' }]);
    expect(readFileSync(mine, 'utf8')).not.toContain('keelson-one');
    expect(readFileSync(mine, 'utf8')).toContain('https://10.0.0.1:6443');
    expect(existsSync(placeNamed(world, 'one').dataDir)).toBe(false);
  });

  it('kills a process that does not listen', async () => {
    const world = testWorld();
    detaching(world);
    world.onTerm = () => undefined;
    await createCluster(world, 'one', {});
    await deleteCluster(world, 'one', {});
    expect(world.signalled.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('leaves nothing behind when the start fails, unless told to retain it', async () => {
    const world = testWorld();
    world.detached = (args) => {
      writeFileSync(join(args[args.indexOf('--data-dir') + 1]!, 'keelson.log'), 'error: port taken\n');
      return Promise.reject(new Error('the cluster process ended before it was ready (exit code 4)'));
    };
    await expect(createCluster(world, 'one', {})).rejects.toThrow(/exit code 4\)\nerror: port taken/);
    expect(existsSync(placeNamed(world, 'one').dataDir)).toBe(false);
    await expect(createCluster(world, 'one', { retain: true })).rejects.toMatchObject({ code: 'KEEL_CLUSTER_START' });
    expect(existsSync(placeNamed(world, 'one').dataDir)).toBe(true);
  });

  it('tells the fault of the process that did not start, with its reason and class', async () => {
    const world = testWorld();
    world.detached = (args) => {
      const log = join(args[args.indexOf('--data-dir') + 1]!, 'keelson.log');
      appendFileSync(log, '• Load distribution\nerror: distribution acme: 1 problem\nKEEL_UNKNOWN_PLUGIN  x\n    at acme.ts:1\nreason: KEEL_CONFIGURATION\n');
      return Promise.reject(new Error('the cluster process ended before it was ready (exit code 3)'));
    };
    for (const retain of [true, false]) {
      const fault = await createCluster(world, 'one', { retain }).catch((error: unknown) => error);
      expect(describeError(fault)).toBe('error: cluster "one" did not start: distribution acme: 1 problem\nKEEL_UNKNOWN_PLUGIN  x\n    at acme.ts:1\nreason: KEEL_CONFIGURATION\n');
      expect(exitCodeOf(fault)).toBe(3);
    }
  });

  it('refuses the name of the cluster that runs here', async () => {
    const booted = bootable();
    const done = up(booted.world, { apiPort: '0' });
    await booted.ready;
    await expect(createCluster(booted.world, 'keelson', {})).rejects.toThrow(/a cluster called "keelson" already runs in .*\.keelson: give this one another name/);
    booted.world.interrupt();
    await done;
  });

  it('does nothing for a cluster that does not exist, and says so', async () => {
    const world = testWorld();
    expect(await deleteCluster(world, 'nobody', { output: 'json' })).toBe(0);
    expect(JSON.parse(world.stdout())).toEqual({ name: 'nobody', deleted: false });
    expect(world.stderr()).toContain('Cluster "nobody" does not exist in');
  });

  it.each(['Upper', '-x', 'a/b', '..', ''])('refuses the name "%s"', async (name) => {
    await expect(createCluster(testWorld(), name, {})).rejects.toMatchObject({ code: 'KEEL_USAGE_NAME' });
  });
});
