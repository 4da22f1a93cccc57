import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, type Clock } from '@keelson/sdk';
import { runtimeContract } from '@keelson/node/runtime-contract-suite';
import { identityOf } from './process-identity.ts';
import { ProcessRuntime } from './process-runtime.ts';
import { RunRecords } from './run-records.ts';

/** Real time: real processes do not wait for a virtual clock. */
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const shell = (script: string) => ({ container: { command: ['/bin/sh', '-c', script] } });
const node = (script: string) => ({ container: { command: [process.execPath, '-e', script] } });

function make(root: string, logs = { maxBytes: 1 << 20, maxFiles: 3 }): ProcessRuntime {
  return new ProcessRuntime({ clock, random: seededRandom('test'), root, path: '/usr/bin:/bin', logs, machine: {}, capacity: {} });
}

/** Processes of this machine whose environment or arguments name the folder. */
function leftIn(root: string): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(root) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
      } catch {
        return false;
      }
    });
}

runtimeContract('process', async () => {
  const root = mkdtempSync(join(tmpdir(), 'keelson-process-'));
  const runtime = make(root);
  return {
    runtime,
    forever: shell('echo one; echo two; exec sleep 1000'),
    stubborn: shell('trap "" TERM; while true; do sleep 0.1; done'),
    failing: shell('exit 3'),
    missingProgram: { script: { container: { command: ['/no/such/program'] } }, message: /no\/such\/program/ },
    shell: true,
    advance: (ms) => clock.sleep(ms),
    close: async () => {
      await runtime.close();
      expect(leftIn(root)).toEqual([]);
      rmSync(root, { recursive: true });
    },
  };
});

describe('process runtime', () => {
  const sandbox = { podUid: 'u', podName: 'p', podNamespace: 'default', attempt: 0, hostname: 'p', labels: {}, annotations: {}, hostNetwork: false };
  const base = { name: 'main', role: 'app' as const, attempt: 0, image: 'i', imageId: 'i', command: [], args: [], workingDir: undefined, env: [], tty: false, stdin: false, annotations: {} };
  let root: string;
  let runtime: ProcessRuntime;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'keelson-process-'));
    runtime = make(root);
  });
  afterEach(async () => {
    await runtime.close();
    expect(leftIn(root)).toEqual([]);
    rmSync(root, { recursive: true });
  });

  const run = async (script: { container: { command: string[] } }, more = {}): Promise<string> => {
    const { id } = await runtime.runSandbox(sandbox);
    const containerId = await runtime.createContainer(id, { ...base, ...script.container, ...more });
    await runtime.startContainer(containerId);
    return containerId;
  };
  const ended = async (id: string): Promise<void> => {
    while (runtime.containerStatus(id)?.state === 'running') await clock.sleep(10);
  };
  const logOf = async (id: string, options = {}): Promise<string> => {
    let text = '';
    await runtime.readLog(id, options, (chunk) => void (text += chunk));
    return text;
  };

  it('gives a process its own folder and environment, and nothing of ours', async () => {
    process.env['KEELSON_TEST_SECRET'] = 'ours';
    const id = await run(shell('pwd; env | cut -d= -f1 | sort | tr "\\n" " "; echo "$GREETING"'), { env: [{ name: 'GREETING', value: 'a b; echo $HOME' }] });
    await ended(id);
    delete process.env['KEELSON_TEST_SECRET'];
    const [folder, names] = (await logOf(id)).split('\n');
    expect(folder).toBe(join(root, 'pods', 'default_p_u', '0', 'main', 'home'));
    expect(names).toBe('GREETING HOME HOSTNAME PATH PWD a b; echo $HOME');
  });

  it('passes arguments as they are, without a shell', async () => {
    const id = await run({ container: { command: ['/bin/echo', '$HOME', '*', 'a;b'] } });
    await ended(id);
    expect(await logOf(id)).toBe('$HOME * a;b\n');
  });

  it('clears the whole process group when the main process ends', async () => {
    const id = await run(shell('sleep 1000 & sleep 1000 & exit 0'));
    await ended(id);
    expect(runtime.containerStatus(id)).toMatchObject({ state: 'exited', exitCode: 0 });
    expect(leftIn(root)).toEqual([]);
  });

  it('tells how a process ended by a signal', async () => {
    const id = await run(shell('kill -SEGV $$'));
    await ended(id);
    expect(runtime.containerStatus(id)).toMatchObject({ exitCode: 139, signal: 11 });
  });

  it('lets a process end in its own way on SIGTERM', async () => {
    const id = await run(node('process.on("SIGTERM", () => { console.log("bye"); process.exit(7); }); console.log("up"); setInterval(() => 0, 1000)'));
    while (!(await logOf(id)).includes('up')) await clock.sleep(20);
    await runtime.stopContainer(id, 5000);
    expect(runtime.containerStatus(id)?.exitCode).toBe(7);
    expect(await logOf(id)).toBe('up\nbye\n');
  });

  it('says what is missing: command, program, working directory', async () => {
    const { id } = await runtime.runSandbox(sandbox);
    await expect(runtime.createContainer(id, base)).rejects.toThrow(/container "main" has no command: .*set spec\.containers\[\]\.command/);
    await expect(runtime.createContainer(id, { ...base, command: ['x'], workingDir: '/no/such' })).rejects.toThrow('working directory "/no/such" of container "main" does not exist');
    const containerId = await runtime.createContainer(id, { ...base, command: ['no-such-program'] });
    await expect(runtime.startContainer(containerId)).rejects.toThrow('exec: "no-such-program": executable file not found in $PATH');
  });

  it('rotates logs, and readers see whole lines across the files', async () => {
    await runtime.close();
    runtime = make(root, { maxBytes: 2000, maxFiles: 3 });
    const id = await run(shell('i=0; while [ $i -lt 200 ]; do echo "line $i"; i=$((i+1)); done'));
    await ended(id);
    const folder = join(root, 'pods', 'default_p_u', '0', 'main');
    expect(readdirSync(folder).filter((name) => name.includes('.log')).length).toBe(3);
    const lines = (await logOf(id)).trimEnd().split('\n');
    expect(lines.at(-1)).toBe('line 199');
    const first = Number(lines[0]!.split(' ')[1]);
    expect(lines).toEqual(Array.from({ length: 200 - first }, (_, index) => `line ${first + index}`));
    expect(await logOf(id, { tailLines: 2 })).toBe('line 198\nline 199\n');
  });

  it('keeps a line together that was printed in pieces or is very long', async () => {
    const id = await run(node('process.stdout.write("a"); setTimeout(() => process.stdout.write("b\\n" + "x".repeat(40000) + "\\nlast"), 50)'));
    await ended(id);
    expect(await logOf(id)).toBe(`ab\n${'x'.repeat(40000)}\nlast\n`);
    expect(await logOf(id, { tailLines: 2 })).toBe(`${'x'.repeat(40000)}\nlast\n`);
  });

  it('separates the streams on request', async () => {
    const id = await run(shell('echo out; echo err >&2'));
    await ended(id);
    expect(await logOf(id, { stream: 'Stdout' })).toBe('out\n');
    expect(await logOf(id, { stream: 'Stderr' })).toBe('err\n');
  });

  it('runs commands beside a container, with input and a time limit', async () => {
    const id = await run(shell('exec sleep 1000'), { env: [{ name: 'WHO', value: 'me' }] });
    let out = '';
    const collect = (chunk: Uint8Array): void => void (out += Buffer.from(chunk).toString());
    const input = async function* (): AsyncIterable<Uint8Array> {
      yield Buffer.from('hello ');
    };
    expect(await runtime.exec(id, { command: ['/bin/sh', '-c', 'cat; echo $WHO; exit 5'], stdin: input(), onStdout: collect, onStderr: collect })).toBe(5);
    expect(out).toBe('hello me\n');
    await expect(runtime.exec(id, { command: ['sleep', '1000'], onStdout: collect, onStderr: collect, signal: AbortSignal.timeout(100) })).rejects.toThrow(/time/i);
  });

  it('leaves nothing after removal', async () => {
    const { id } = await runtime.runSandbox(sandbox);
    const containerId = await runtime.createContainer(id, { ...base, command: ['/bin/sleep', '1000'] });
    await runtime.startContainer(containerId);
    await runtime.removeSandbox(id);
    expect(leftIn(root)).toEqual([]);
    expect(existsSync(join(root, 'pods', 'default_p_u', '0'))).toBe(false);
    expect(readdirSync(join(root, 'run'))).toEqual([]);
  });

  it('ends what a killed agent left behind, and never a stranger with the same pid', async () => {
    const orphan = spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore', env: { MARK: root } });
    const stranger = spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore', env: {} });
    try {
      while (identityOf(orphan.pid!) === undefined || identityOf(stranger.pid!) === undefined) await clock.sleep(10);
      const records = new RunRecords(join(root, 'run'));
      records.note('a', identityOf(orphan.pid!)!);
      records.note('b', { pid: stranger.pid!, startTime: '1' });
      const gone = new Promise((resolve) => orphan.once('exit', resolve));
      await make(root).recover();
      await gone;
      expect(orphan.signalCode).toBe('SIGKILL');
      expect(stranger.exitCode).toBeNull();
      expect(stranger.signalCode).toBeNull();
      expect(readdirSync(join(root, 'run'))).toEqual([]);
    } finally {
      orphan.kill('SIGKILL');
      stranger.kill('SIGKILL');
    }
  });

  it('does not let a process that left the group hold up its end', async () => {
    const id = await run(node('require("child_process").spawn("/bin/sleep", ["3"], { detached: true, stdio: "inherit", env: {} }).unref(); process.exit(0)'));
    const started = performance.now();
    await ended(id);
    expect(performance.now() - started).toBeLessThan(2500);
  });
});
