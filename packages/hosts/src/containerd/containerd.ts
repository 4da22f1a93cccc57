import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { KeelsonError, type Clock, type Logger } from '@keelson/sdk';
import { inNetns } from '../fabric/steps.ts';
import type { HostPlan } from '../layout.ts';
import type { Programs } from '../machine/programs.ts';
import { SupervisedProgram } from '../machine/supervised-program.ts';
import { containerdConfig } from './config.ts';

/** Where a host's containerd and its parts are. */
export interface ContainerdPaths {
  readonly socket: string;
  readonly config: string;
  readonly log: string;
  readonly cniBinDir: string;
  readonly cniConfDir: string;
  readonly root: string;
  readonly state: string;
  readonly runcRoot: string;
}

export function containerdPaths({ runDir, dataDir }: Pick<HostPlan, 'runDir' | 'dataDir'>): ContainerdPaths {
  const run = join(runDir, 'containerd');
  return {
    socket: join(run, 'containerd.sock'), config: join(run, 'config.toml'), log: join(dataDir, 'containerd.log'),
    cniBinDir: join(runDir, 'cni/bin'), cniConfDir: join(runDir, 'cni/net.d'),
    root: join(dataDir, 'containerd'), state: join(run, 'state'), runcRoot: join(run, 'runc'),
  };
}

/** What every containerd of a cluster is started with. */
export interface ContainerdOptions {
  readonly programs: Programs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Full paths. */
  readonly containerd: string;
  readonly runc: string;
  readonly ctr: string;
  readonly sandboxImage: string;
  /** Folder of the standard CNI binaries; containerd needs `loopback` of it. */
  readonly cniBinaries: string;
  readonly onChange?: () => void;
}

/** Milliseconds that containerd has to answer. */
const patience = 20_000;

/** One host's containerd. */
export class Containerd {
  readonly paths: ContainerdPaths;
  readonly #host: HostPlan;
  readonly #options: ContainerdOptions;
  readonly #program: SupervisedProgram;

  constructor(host: HostPlan, options: ContainerdOptions) {
    this.#host = host;
    this.#options = options;
    this.paths = containerdPaths(host);
    const { program, args } = inNetns(host.netns, options.containerd, ['--config', this.paths.config]);
    this.#program = new SupervisedProgram({
      spec: { title: `containerd of ${host.name}`, command: [program, ...args], log: this.paths.log, environment: options.environment },
      clock: options.clock, log: options.log, ...(options.onChange === undefined ? {} : { onChange: options.onChange }),
    });
  }

  get pid(): number | undefined {
    return this.#program.pid;
  }

  /** Writes the configuration, starts it, and resolves when it answers. Throws KEEL_HOSTS_CONTAINERD. */
  async start(signal: AbortSignal): Promise<void> {
    const { paths } = this;
    for (const folder of [paths.root, paths.state, paths.runcRoot, paths.cniBinDir, paths.cniConfDir]) mkdirSync(folder, { recursive: true, mode: 0o755 });
    this.#linkBinaries();
    const { runc, sandboxImage } = this.#options;
    writeFileSync(paths.config, containerdConfig({ ...paths, runc, sandboxImage }), { mode: 0o600 });
    this.#program.start();
    const { clock } = this.#options;
    for (const since = clock.monotonic(); !(await answers(paths.socket)); await clock.sleep(20, signal)) {
      if (clock.monotonic() - since > patience) throw new KeelsonError('KEEL_HOSTS_CONTAINERD', `containerd of ${this.#host.name} did not answer within ${patience / 1000} s: look at ${paths.log}`);
    }
  }

  /** Puts image archives into its store, those that are not there yet in this form. */
  async importImages(files: readonly string[]): Promise<void> {
    const record = join(this.#host.dataDir, 'images.json');
    const known = readRecord(record);
    const due = files.filter((file) => known[basename(file)] !== formOf(file));
    for (const file of due) await this.#options.programs.run({ program: this.#options.ctr, args: ['--address', this.paths.socket, '--namespace', 'k8s.io', 'images', 'import', file] });
    if (due.length > 0) writeFileSync(record, JSON.stringify({ ...known, ...Object.fromEntries(due.map((file) => [basename(file), formOf(file)])) }));
  }

  /** Ends the daemon; containers go on without it. */
  stop(): Promise<void> {
    return this.#program.stop(5000);
  }

  /** The folder is the host's own, so that other binaries can be put beside. */
  #linkBinaries(): void {
    const { cniBinaries } = this.#options;
    for (const name of readdirSync(cniBinaries)) {
      const link = join(this.paths.cniBinDir, name);
      if (!existsSync(link)) symlinkSync(join(cniBinaries, name), link);
    }
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}

function formOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

function readRecord(file: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
