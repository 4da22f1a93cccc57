import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../packages/cli/bin/keelson.mjs', import.meta.url));

/** What `keelson up --output json` prints when it is ready. */
interface Ready {
  readonly server: string;
  readonly kubeconfig: string;
  readonly readyMs: number;
}

/** A cluster in a process of its own, started as a user starts it. */
export class KeelsonProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly folder: string,
    readonly ready: Ready,
    private readonly output: () => string,
  ) {}

  /** Starts `keelson up`, or that of a built artifact (`entry`); `folder` keeps the data over restarts. Rejects with what the process printed if it ends instead. */
  static async start(options: { readonly entry?: string; readonly folder?: string; readonly flags?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {}): Promise<KeelsonProcess> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'keelson-e2e-'));
    const flags = ['up', '--data-dir', join(folder, 'data'), '--kubeconfig', join(folder, 'kubeconfig'), '--api-port', '0', '--output', 'json', ...(options.flags ?? [])];
    const child = spawn(process.execPath, [options.entry ?? launcher, ...flags], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ready = await new Promise<Ready>((resolve, reject) => {
      let stdout = '';
      child.stdout!.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
        const end = stdout.indexOf('\n');
        if (end >= 0) resolve(JSON.parse(stdout.slice(0, end)) as Ready);
      });
      child.once('exit', (code) => {
        reject(new Error(`keelson ended with exit code ${String(code)} before it was ready:\n${stderr}`));
      });
    });
    return new KeelsonProcess(child, folder, ready, () => stderr);
  }

  /** What it has logged so far. */
  get log(): string {
    return this.output();
  }

  /** Resolves to the first line with the text that it logs from now on; rejects with all that it logged if it ends before. */
  logs(text: string): Promise<string> {
    const from = this.output().length;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const line = this.output().slice(from).split('\n').find((each) => each.includes(text));
        if (line !== undefined) resolve(line);
      };
      this.child.stderr!.on('data', look);
      this.child.once('exit', () => reject(new Error(`ended without a line with "${text}":\n${this.output().slice(from)}`)));
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Ends it as Ctrl-C does; resolves to the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill(signal);
    const [code] = await exited;
    return code;
  }

  /** Stops it and removes its folder. */
  async destroy(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
