import { access, mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock, Logger } from '@keelson/sdk';
import type { ResourceConfig } from '@keelson/sdk/runtime';

/** Where this machine's cgroups are: one tree (version 2), or one a controller (version 1). */
export type CgroupLayout = { readonly version: 2; readonly root: string } | { readonly version: 1; readonly roots: ReadonlyMap<string, string> };

/** Controllers in which the agent makes the pod's cgroup itself; the rest is made by the runtime below it. */
const own = ['cpu', 'cpuacct', 'memory', 'pids'];
/** A cgroup whose last process has just ended is busy for a moment. */
const removalTries = 20;
const removalPauseMs = 50;

/** Reads the layout from the text of `/proc/self/mountinfo`; undefined: this machine has none. */
export function cgroupLayout(mountinfo: string): CgroupLayout | undefined {
  const roots = new Map<string, string>();
  let unified: string | undefined;
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const path = left.split(' ')[4];
    const [type, , options = ''] = right.split(' ');
    if (path === undefined) continue;
    if (type === 'cgroup2') unified ??= path;
    if (type === 'cgroup') for (const name of options.split(',')) if (name !== 'rw' && name !== 'ro' && !roots.has(name)) roots.set(name, path);
  }
  if (roots.has('cpu') || roots.has('memory')) {
    // Runtimes make their groups there as well.
    if (unified !== undefined) roots.set('unified', unified);
    return { version: 1, roots };
  }
  return unified === undefined ? undefined : { version: 2, root: unified };
}

/** The cgroups of a node's pods, below `parent` (`/keelson/node-1`). One change at a time: folders above are shared. */
export class Cgroups {
  #work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly layout: CgroupLayout,
    private readonly parent: string,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** Makes the pod's cgroup and resolves to its path as runtimes name it. */
  async create(uid: string, qos: 'Guaranteed' | 'Burstable' | 'BestEffort', resources: ResourceConfig): Promise<string> {
    const path = this.#path(uid, qos);
    await this.#inTurn(() => (this.layout.version === 1 ? this.#create1(this.layout.roots, path, resources) : this.#create2(this.layout.root, path, resources)));
    return path;
  }

  /** Removes the pod's cgroup with what the runtime made in it, and folders above it that are empty then. */
  async remove(uid: string): Promise<void> {
    await this.#inTurn(async () => {
      for (const root of this.#roots()) {
        for (const qos of ['Guaranteed', 'Burstable', 'BestEffort'] as const) {
          const path = join(root, this.#path(uid, qos));
          if (await exists(path)) await this.#removeTree(path);
          // The runtime may have been first: folders above are left to the agent.
          await this.#removeEmpty(root, dirname(path));
        }
      }
    });
  }

  /** Uids of pods that have a cgroup. */
  async pods(): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const root of this.#roots()) {
      for (const folder of ['', 'burstable', 'besteffort']) {
        const names = await readdir(join(root, this.parent, 'kubepods', folder)).catch(() => []);
        for (const name of names) if (name.startsWith('pod')) found.add(name.slice(3));
      }
    }
    return [...found];
  }

  #path(uid: string, qos: 'Guaranteed' | 'Burstable' | 'BestEffort'): string {
    return join('/', this.parent, 'kubepods', qos === 'Guaranteed' ? '' : qos.toLowerCase(), `pod${uid}`);
  }

  #roots(): readonly string[] {
    return this.layout.version === 2 ? [this.layout.root] : [...new Set(this.layout.roots.values())];
  }

  async #create1(roots: ReadonlyMap<string, string>, path: string, { cpuShares, cpuQuota, cpuPeriod, memoryLimitBytes }: ResourceConfig): Promise<void> {
    for (const root of new Set(own.flatMap((name) => roots.get(name) ?? []))) await mkdir(join(root, path), { recursive: true });
    const [cpu, memory] = [roots.get('cpu'), roots.get('memory')];
    if (cpu !== undefined) {
      if (cpuShares !== undefined) await writeFile(join(cpu, path, 'cpu.shares'), String(cpuShares));
      if (cpuQuota !== undefined) {
        await writeFile(join(cpu, path, 'cpu.cfs_period_us'), String(cpuPeriod ?? 100_000));
        await writeFile(join(cpu, path, 'cpu.cfs_quota_us'), String(cpuQuota));
      }
    }
    if (memory !== undefined && memoryLimitBytes !== undefined) await writeFile(join(memory, path, 'memory.limit_in_bytes'), String(memoryLimitBytes));
  }

  async #create2(root: string, path: string, { cpuShares, cpuQuota, cpuPeriod, memoryLimitBytes }: ResourceConfig): Promise<void> {
    let at = root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      const offered = (await readFile(join(at, 'cgroup.controllers'), 'utf8')).trim().split(/\s+/).filter((part) => part !== '');
      for (const controller of offered) await writeFile(join(at, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined);
      at = join(at, name);
      await mkdir(at, { recursive: true });
    }
    if (cpuShares !== undefined) await writeFile(join(at, 'cpu.weight'), String(1 + Math.floor(((cpuShares - 2) * 9999) / 262_142)));
    if (cpuQuota !== undefined) await writeFile(join(at, 'cpu.max'), `${cpuQuota} ${cpuPeriod ?? 100_000}`);
    if (memoryLimitBytes !== undefined) await writeFile(join(at, 'memory.max'), String(memoryLimitBytes));
  }

  async #removeTree(path: string): Promise<void> {
    for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
      if (entry.isDirectory()) await this.#removeTree(join(path, entry.name));
    }
    for (let tries = 1; ; tries++) {
      try {
        await rmdir(path);
        return;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return;
        if (code !== 'EBUSY' || tries >= removalTries) {
          this.log.warn('cgroup could not be removed', { path, error: String(error) });
          return;
        }
        await this.clock.sleep(removalPauseMs);
      }
    }
  }

  async #removeEmpty(root: string, from: string): Promise<void> {
    for (let at = from; at.length > root.length; at = dirname(at)) {
      try {
        await rmdir(at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return;
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return result;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
