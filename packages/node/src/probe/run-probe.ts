import type { Container, ExecAction, GRPCAction, HTTPGetAction, Probe, TCPSocketAction } from '@keelson/api/core/v1';
import type { Clock } from '@keelson/sdk';
import type { ContainerRuntime, ProbeOutcome } from '@keelson/sdk/runtime';
import { portOf, type NetworkProber } from './probe-action.ts';

export type ProbeType = 'startup' | 'liveness' | 'readiness';

export interface ProbeTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

export interface ProbeMeans {
  readonly runtime: ContainerRuntime;
  readonly network: NetworkProber;
  readonly clock: Clock;
}

/** Carries out one probe: the runtime's own answer where it gives one, else by network or command. */
export async function runProbe(type: ProbeType, probe: Probe, target: ProbeTarget, means: ProbeMeans): Promise<ProbeOutcome> {
  const timeoutMs = 1000 * (probe.timeoutSeconds ?? 1);
  try {
    if (means.runtime.probe !== undefined) return await means.runtime.probe(target.containerId, type, probe);
    return await runAction(probe, target, means, timeoutMs);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The actions that probes and lifecycle hooks have in common. */
export interface NetworkAction {
  readonly exec?: ExecAction | undefined;
  readonly httpGet?: HTTPGetAction | undefined;
  readonly tcpSocket?: TCPSocketAction | undefined;
  readonly grpc?: GRPCAction | undefined;
}

export async function runAction(action: NetworkAction, target: ProbeTarget, means: ProbeMeans, timeoutMs: number): Promise<ProbeOutcome> {
  const { exec, httpGet, tcpSocket, grpc } = action;
  if (exec !== undefined) return runCommand(exec.command ?? [], target, means, timeoutMs);
  if (grpc !== undefined) return means.network.probe({ type: 'grpc', host: target.podIp, port: grpc.port, service: grpc.service ?? '' }, timeoutMs);
  const wanted = httpGet?.port ?? tcpSocket?.port;
  if (wanted === undefined) return { ok: false, message: 'this kind of probe is not supported by the node agent' };
  const port = portOf(target.container, wanted);
  if (port === undefined) return { ok: false, message: `couldn't find port: ${JSON.stringify(wanted)}` };
  if (httpGet === undefined) return means.network.probe({ type: 'tcp', host: tcpSocket?.host || target.podIp, port }, timeoutMs);
  const { host, path = '/', scheme, httpHeaders } = httpGet;
  return means.network.probe(
    { type: 'http', host: host || target.podIp, port, path, secure: scheme === 'HTTPS', headers: (httpHeaders ?? []).map(({ name, value }) => ({ name, value })) },
    timeoutMs,
  );
}

/** Output kept for the message of a failed command. */
const maxOutput = 10 * 1024;

async function runCommand(command: readonly string[], { containerId }: ProbeTarget, { runtime, clock }: ProbeMeans, timeoutMs: number): Promise<ProbeOutcome> {
  if (runtime.exec === undefined) return { ok: false, message: `the ${runtime.info.name} runtime cannot run commands in containers` };
  const abort = new AbortController();
  const timer = clock.after(timeoutMs, () => abort.abort(new Error(`command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s`)));
  let output = '';
  const collect = (chunk: Uint8Array): void => {
    if (output.length < maxOutput) output += Buffer.from(chunk).toString('utf8');
  };
  try {
    const code = await runtime.exec(containerId, { command, onStdout: collect, onStderr: collect, signal: abort.signal });
    return code === 0 ? { ok: true } : { ok: false, message: output.slice(0, maxOutput) || `command ${JSON.stringify(command)} exited with ${code}` };
  } finally {
    timer.cancel();
  }
}
