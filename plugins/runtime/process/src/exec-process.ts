import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { RuntimeFault, type ExecRequest } from '@keelson/sdk/runtime';
import { signalGroup } from './process-identity.ts';

/** Runs a command beside a container, in its folder and with its environment; resolves to the exit code. */
export async function execProcess({ command, stdin, onStdout, onStderr, signal }: ExecRequest, cwd: string, env: Readonly<Record<string, string>>): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) throw new RuntimeFault('config', 'a command to run is required');
  signal?.throwIfAborted();
  const child = spawn(program, args, { cwd, env: { ...env }, detached: true, shell: false, stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(new RuntimeFault('start', error.code === 'ENOENT' ? `exec: ${JSON.stringify(program)}: executable file not found in $PATH` : error.message)));
    child.once('exit', (code, name) => resolve(code ?? 128 + (name === null ? 9 : (constants.signals[name] ?? 9))));
  });
  const kill = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const output = Promise.all([pump(child.stdout!, onStdout), pump(child.stderr!, onStderr)]);
    if (stdin !== undefined) feed(stdin, child.stdin!);
    const code = await exit;
    await output;
    signal?.throwIfAborted();
    return code;
  } finally {
    signal?.removeEventListener('abort', kill);
    // Background children of the command end with it, so that no process is left that nobody knows.
    kill();
  }
}

async function pump(stream: AsyncIterable<Uint8Array>, take: (chunk: Uint8Array) => Promise<void> | void): Promise<void> {
  for await (const chunk of stream) await take(chunk);
}

/** The command may end before its input does: then the rest of the input is dropped. */
function feed(stdin: AsyncIterable<Uint8Array>, pipe: NodeJS.WritableStream): void {
  pipe.on('error', () => undefined);
  const send = async (): Promise<void> => {
    for await (const chunk of stdin) if (!pipe.write(chunk)) await new Promise((resolve) => pipe.once('drain', resolve));
    pipe.end();
  };
  send().catch(() => pipe.end());
}
