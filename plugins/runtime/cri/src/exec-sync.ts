import type { Clock } from '@keelson/sdk';
import { RuntimeFault, type ExecRequest } from '@keelson/sdk/runtime';
import type { CriClient } from './cri-client.ts';

/** A short command with a time limit, as probes and hooks run them: one call, its output at once. */
export async function execSync(client: CriClient, containerId: string, request: ExecRequest): Promise<number> {
  const { command, timeoutMs = 0, signal, onStdout, onStderr } = request;
  const seconds = Number.isFinite(timeoutMs) ? Math.max(1, Math.ceil(timeoutMs / 1000)) : 0;
  try {
    const { stdout, stderr, exitCode } = await client.execSync(containerId, command, seconds, signal);
    if (stdout.length > 0) await onStdout(stdout);
    if (stderr.length > 0) await onStderr(stderr);
    return exitCode;
  } catch (error) {
    signal?.throwIfAborted();
    throw new RuntimeFault('start', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Leaves a command with streams when its time is up; CRI has no limit for those. */
export async function withLimit<T>(clock: Clock, request: ExecRequest, run: (request: ExecRequest) => Promise<T>): Promise<T> {
  const { timeoutMs, signal } = request;
  if (timeoutMs === undefined || !Number.isFinite(timeoutMs)) return run(request);
  const late = new AbortController();
  const timer = clock.after(timeoutMs, () => late.abort(new RuntimeFault('start', `command ${JSON.stringify(request.command.join(' '))} timed out`)));
  try {
    return await run({ ...request, signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]) });
  } finally {
    timer.cancel();
  }
}
