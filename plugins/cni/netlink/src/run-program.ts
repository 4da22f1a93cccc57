import { spawn } from 'node:child_process';
import { KeelsonError } from '@keelson/sdk';

/** Runs a program with input and gives its output. @throws KEEL_NET_COMMAND naming the command and what it said */
export type RunProgram = (program: string, args: readonly string[], input?: string) => Promise<string>;

/** Most output kept, bytes; an `ip -json route` of a hundred thousand routes fits. */
const maxOutput = 64 * 1024 * 1024;

/** Programs of this machine, in the network namespace of `netns` (a path) or in the agent's own. Arguments are never a shell's. */
export function programRunner(netns: string | undefined): RunProgram {
  return (program, args, input = '') => {
    // Only the network namespace: `ip netns exec` would hide cgroup mounts and show another /sys.
    const [command, ...rest] = netns === undefined ? [program, ...args] : ['nsenter', `--net=${netns}`, '--', program, ...args];
    return runOnce(command, rest, input);
  };
}

function runOnce(command: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxOutput) out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (err.length < 64) err.push(chunk);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(new KeelsonError('KEEL_NET_COMMAND', error.code === 'ENOENT' ? `${command} is not installed: install iproute2, nftables and util-linux` : `${command} could not be started: ${error.message}`, { cause: error }));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString('utf8'));
      const said = Buffer.concat(err).toString('utf8').trim() || `ended with ${signal ?? `code ${code}`}`;
      const first = input.split('\n', 1)[0] ?? '';
      reject(new KeelsonError('KEEL_NET_COMMAND', `${[command, ...args].join(' ')} failed${first === '' ? '' : ` (${first}…)`}: ${said}`));
    });
    // A program that ends without reading breaks the pipe; its exit code says more.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
