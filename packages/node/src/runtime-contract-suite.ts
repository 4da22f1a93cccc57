// For tests only: what every container runtime must do, run against each in its own test file.
import { runtimeFaultKind, type ContainerConfig, type ContainerEvent, type ContainerRuntime, type SandboxConfig } from '@keelson/sdk/runtime';

/** A runtime under test, with what its containers can do. */
export interface RuntimeFixture {
  readonly runtime: ContainerRuntime;
  /** Makes a container that runs until it is stopped, and prints at least two lines. */
  readonly forever: ContainerScript;
  /** Makes a container that ignores SIGTERM. */
  readonly stubborn: ContainerScript;
  /** Makes a container that exits with 3 by itself. */
  readonly failing: ContainerScript;
  /** Makes a container whose program does not exist, and words of the fault; absent: this runtime knows no programs. */
  readonly missingProgram?: { readonly script: ContainerScript; readonly message: RegExp };
  /** `/bin/sh` and `cat` can be run beside the container's first process. */
  readonly shell?: boolean;
  /** Lets so much time pass, milliseconds of the runtime's clock. */
  advance(ms: number): Promise<void>;
  /** Checks that nothing is left and frees what the fixture took. */
  close(): Promise<void>;
}

/** How to get a behaviour out of this runtime: parts of the container's and of the pod's configuration. */
export interface ContainerScript {
  readonly container?: Partial<ContainerConfig>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const never = new AbortController().signal;

/** Declares the contract's tests. */
export function runtimeContract(name: string, make: () => Promise<RuntimeFixture>): void {
  describe(`container runtime contract: ${name}`, () => {
    let fixture: RuntimeFixture;
    let runtime: ContainerRuntime;
    let events: ContainerEvent[];

    beforeEach(async () => {
      fixture = await make();
      runtime = fixture.runtime;
      events = [];
      runtime.onEvent((event) => events.push(event));
      expect(await runtime.recover([])).toEqual({ sandboxes: [], containers: [] });
    });
    afterEach(() => fixture.close());

    const start = async (script: ContainerScript, attempt = 0): Promise<{ sandboxId: string; id: string }> => {
      const sandbox = await runtime.runSandbox(sandboxConfig(script), never);
      const id = await createIn(sandbox.id, script, attempt);
      await runtime.startContainer(id, never);
      return { sandboxId: sandbox.id, id };
    };
    const createIn = async (sandboxId: string, script: ContainerScript, attempt = 0): Promise<string> => {
      const image = (await runtime.imageStatus('example.org/app:1')) ?? (await runtime.pullImage('example.org/app:1', sandboxId, never));
      return runtime.createContainer(sandboxId, { ...containerConfig, imageId: image.id, attempt, ...script.container }, never);
    };
    const until = async (condition: () => boolean, what: string): Promise<void> => {
      for (let waited = 0; !condition(); waited += 50) {
        if (waited > 10_000) throw new Error(`${what}: not within 10 s`);
        await fixture.advance(50);
      }
    };
    const logOf = async (id: string, options = {}): Promise<string> => {
      let text = '';
      await runtime.readLog(id, options, (chunk) => void (text += chunk));
      return text;
    };

    it('runs a sandbox and is idempotent about its end', async () => {
      const sandbox = await runtime.runSandbox(sandboxConfig({}), never);
      expect(sandbox).toMatchObject({ podUid: 'uid-1', attempt: 0, state: 'ready' });
      await runtime.stopSandbox(sandbox.id);
      await runtime.stopSandbox(sandbox.id);
      await runtime.removeSandbox(sandbox.id);
      await runtime.removeSandbox(sandbox.id);
      await runtime.stopSandbox('no-such');
      await runtime.removeContainer('no-such');
      await runtime.stopContainer('no-such', 1000);
      expect(runtime.containerStatus('no-such')).toBeUndefined();
    });

    it('starts a container, shows it running, stops it and tells so once', async () => {
      const { id, sandboxId } = await start(fixture.forever, 2);
      const running = runtime.containerStatus(id);
      expect(running).toMatchObject({ id, sandboxId, name: 'main', attempt: 2, state: 'running', image: 'example.org/app:1' });
      expect(running?.startedAt).toBeGreaterThan(0);
      expect(events).toEqual([]);
      const stopped = runtime.stopContainer(id, 5000);
      await until(() => runtime.containerStatus(id)?.state === 'exited', 'the container ends');
      await stopped;
      const ended = runtime.containerStatus(id)!;
      expect(ended.finishedAt).toBeGreaterThanOrEqual(ended.startedAt!);
      expect(typeof ended.exitCode).toBe('number');
      expect(events).toEqual([{ type: 'exited', podUid: 'uid-1', sandboxId, containerId: id }]);
      await runtime.stopContainer(id, 0);
      expect(events).toHaveLength(1);
    });

    it('tells of a container that ends by itself, with its exit code', async () => {
      const { id, sandboxId } = await start(fixture.failing);
      await until(() => events.length > 0, 'the container ends');
      expect(events).toEqual([{ type: 'exited', podUid: 'uid-1', sandboxId, containerId: id }]);
      expect(runtime.containerStatus(id)).toMatchObject({ state: 'exited', exitCode: 3 });
    });

    it('kills what ignores SIGTERM when the grace is over, and sooner when a second stop says so', async () => {
      const { id } = await start(fixture.stubborn);
      await fixture.advance(300);
      const slow = runtime.stopContainer(id, 600_000);
      await fixture.advance(200);
      expect(runtime.containerStatus(id)?.state).toBe('running');
      const fast = runtime.stopContainer(id, 300);
      await until(() => runtime.containerStatus(id)?.state === 'exited', 'the container is killed');
      await Promise.all([slow, fast]);
      expect(runtime.containerStatus(id)).toMatchObject({ exitCode: 137 });
      // Not every runtime tells the signal apart from the exit code that stands for it.
      expect(runtime.containerStatus(id)?.signal ?? 9).toBe(9);
    });

    it('ends every container with its sandbox', async () => {
      const { id, sandboxId } = await start(fixture.stubborn);
      await runtime.stopSandbox(sandboxId);
      expect(runtime.containerStatus(id)?.state).toBe('exited');
      await runtime.removeSandbox(sandboxId);
      expect(runtime.containerStatus(id)).toBeUndefined();
    });

    it('gives logs: all, the tail, with times, limited', async () => {
      const { id } = await start(fixture.forever);
      let all = '';
      await until(() => {
        void logOf(id).then((text) => void (all = text));
        return all.split('\n').length > 2;
      }, 'two lines are printed');
      const lines = all.trimEnd().split('\n');
      expect(await logOf(id, { tailLines: 1 })).toBe(`${lines.at(-1)}\n`);
      expect(await logOf(id, { tailLines: 0 })).toBe('');
      expect(await logOf(id, { limitBytes: 5 })).toBe(all.slice(0, 5));
      const timed = (await logOf(id, { timestamps: true })).trimEnd().split('\n');
      expect(timed.map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /, ''))).toEqual(lines);
      expect(await logOf(id, { sinceTime: 8e15 })).toBe('');
    });

    it('follows a log until the container ends, or until the reader leaves', async () => {
      const { id } = await start(fixture.forever);
      const leave = new AbortController();
      const left = expect(logOf(id, { follow: true, signal: leave.signal })).rejects.toThrow('reader left');
      const followed = logOf(id, { follow: true });
      await fixture.advance(300);
      leave.abort(new Error('reader left'));
      await left;
      const stopped = runtime.stopContainer(id, 1000);
      await fixture.advance(1500);
      await stopped;
      expect(await followed).toBe(await logOf(id));
    });

    it('refuses what cannot be, as a fault of the right kind', async () => {
      const { id, sandboxId } = await start(fixture.forever);
      expect(runtimeFaultKind(await runtime.startContainer(id, never).catch((error: unknown) => error))).toBe('start');
      expect(runtimeFaultKind(await runtime.startContainer('no-such', never).catch((error: unknown) => error))).toBe('start');
      await runtime.stopSandbox(sandboxId);
      expect(runtimeFaultKind(await createIn(sandboxId, fixture.forever).catch((error: unknown) => error))).toBe('create');
      expect(runtimeFaultKind(await runtime.readLog('no-such', {}, () => undefined).catch((error: unknown) => error))).toBe('config');
    });

    it('says when the program is not there', async () => {
      if (fixture.missingProgram === undefined) return;
      const { script, message } = fixture.missingProgram;
      const sandbox = await runtime.runSandbox(sandboxConfig(script), never);
      const error: unknown = await createIn(sandbox.id, script).then((id) => runtime.startContainer(id, never)).catch((fault: unknown) => fault);
      expect(runtimeFaultKind(error)).toBe('start');
      expect((error as Error).message).toMatch(message);
      expect(events).toEqual([]);
    });

    it('runs commands beside the container: output, exit code, input to its end', async () => {
      if (fixture.shell !== true) return;
      const { id } = await start(fixture.forever);
      const run = async (command: readonly string[], input?: readonly string[]): Promise<{ code: number; out: string; err: string }> => {
        let out = '';
        let err = '';
        const stdin = input === undefined ? {} : { stdin: bytesOf(input) };
        const code = await runtime.exec!(id, { command, ...stdin, onStdout: (chunk) => void (out += Buffer.from(chunk).toString()), onStderr: (chunk) => void (err += Buffer.from(chunk).toString()) });
        return { code, out, err };
      };
      expect(await run(['/bin/sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({ code: 7, out: 'out\n', err: 'err\n' });
      expect(await run(['cat'], ['one\n', 'two\n'])).toEqual({ code: 0, out: 'one\ntwo\n', err: '' });
      const missing: unknown = await run(['no-such-program']).catch((error: unknown) => error);
      expect(runtimeFaultKind(missing)).toBe('start');
      expect((missing as Error).message).toContain('executable file not found in $PATH');
      const leave = new AbortController();
      const left = runtime.exec!(id, { command: ['sleep', '1000'], signal: leave.signal, onStdout: () => undefined, onStderr: () => undefined });
      const rejected = expect(left).rejects.toThrow('client left');
      await fixture.advance(300);
      leave.abort(new Error('client left'));
      await rejected;
    });

    it('forgets a removed container and keeps its neighbour', async () => {
      const { id, sandboxId } = await start(fixture.forever);
      const other = await createIn(sandboxId, fixture.forever, 1);
      await runtime.startContainer(other, never);
      await runtime.removeContainer(id);
      expect(runtime.containerStatus(id)).toBeUndefined();
      expect(runtime.containerStatus(other)?.state).toBe('running');
    });
  });
}

async function* bytesOf(texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const containerConfig: ContainerConfig = {
  name: 'main', role: 'app', attempt: 0, image: 'example.org/app:1', imageId: '', command: [], args: [], workingDir: undefined, env: [], tty: false, stdin: false, annotations: {},
};

function sandboxConfig({ annotations = {} }: ContainerScript): SandboxConfig {
  return { podUid: 'uid-1', podName: 'pod', podNamespace: 'default', attempt: 0, hostname: 'pod', labels: {}, annotations, hostNetwork: false };
}
