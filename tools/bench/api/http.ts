// GET and POST through TLS: Keelson against a bare server that answers the same bytes, in turn, median of rounds.
import { fork, type ChildProcess } from 'node:child_process';
import { get, load, post, type LoadResult, type Target } from './load.ts';
import { samplePod } from './sample.ts';

const program = process.env['KEELSON_BENCH_SERVER']!;

export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly target: Target,
  ) {}

  static async start(args: readonly string[]): Promise<ServerProcess> {
    const child = fork(program, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const target = await new Promise<Target>((resolve, reject) => {
      child.once('message', (message) => { resolve(message as Target); });
      child.once('exit', (code) => { reject(new Error(`bench server ended with ${String(code)}`)); });
    });
    return new ServerProcess(child, target);
  }

  async cpu(): Promise<{ readonly micros: number; readonly rss: number }> {
    const answer = new Promise<{ cpu: NodeJS.CpuUsage; rss: number }>((resolve) => this.child.once('message', (message) => { resolve(message as never); }));
    this.child.send('cpu');
    const { cpu, rss } = await answer;
    return { micros: cpu.user + cpu.system, rss };
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}

export interface Measured extends LoadResult {
  readonly cpuMicros: number;
}

export async function measure(server: ServerProcess, options: Parameters<typeof load>[1]): Promise<Measured> {
  const before = await server.cpu();
  const result = await load(server.target, options);
  const after = await server.cpu();
  return { ...result, cpuMicros: (after.micros - before.micros) / result.requests };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const rounds = Number(process.argv[2] ?? 3);
const bare = await ServerProcess.start(['bare']);
const memory = await ServerProcess.start(['keelson', 'memory']);
const path = '/api/v1/namespaces/default/pods';
const figures: Record<string, number[]> = {};
const note = (name: string, value: number): void => { (figures[name] ??= []).push(value); };
let serial = 0;
for (let round = 0; round <= rounds; round++) {
  for (const [name, server] of [['bare', bare], ['keelson', memory]] as const) {
    const gets = await measure(server, { connections: 16, requests: 20_000, next: () => get(`${path}/p0`) });
    const base = serial;
    serial += 8_000;
    const posts = await measure(server, { connections: 50, requests: 8_000, next: (i) => post(path, JSON.stringify(samplePod(`b${base + i}`))) });
    if (gets.failed + posts.failed > 0) throw new Error(`${name}: ${gets.failed} GETs and ${posts.failed} POSTs failed`);
    if (round === 0) continue; // warm-up
    note(`${name} GET cpu`, gets.cpuMicros);
    note(`${name} GET rate`, gets.perSecond);
    note(`${name} POST cpu`, posts.cpuMicros);
    note(`${name} POST rate`, posts.perSecond);
  }
}
bare.stop();
memory.stop();
for (const [name, values] of Object.entries(figures)) console.log(name, median(values).toFixed(1));
const ratio = (what: string): number => median(figures[`bare ${what} cpu`]!) / median(figures[`keelson ${what} cpu`]!);
console.log('GET ratio', ratio('GET').toFixed(2), 'POST ratio', ratio('POST').toFixed(2));
