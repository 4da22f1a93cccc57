import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { ProbeOutcome } from '@keelson/sdk/runtime';
import { probeGrpc } from './grpc-health.ts';
import type { NetworkProber, NetworkTarget } from './probe-action.ts';

/** Probes by real sockets, with upstream's words for failures; certificates are not verified (upstream's rule). */
export const socketProber: NetworkProber = {
  probe: (target, timeoutMs) => (target.type === 'http' ? probeHttp(target, timeoutMs) : target.type === 'grpc' ? probeGrpc(target, timeoutMs) : probeTcp(target, timeoutMs)),
};

function probeHttp(target: Extract<NetworkTarget, { type: 'http' }>, timeoutMs: number): Promise<ProbeOutcome> {
  const { host, port, path, secure, headers } = target;
  const url = `${secure ? 'https' : 'http'}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`;
  return new Promise((resolve) => {
    const fail = (why: string): void => resolve({ ok: false, message: `Get "${url}": ${why}` });
    const sent = { 'user-agent': 'kube-probe/1.36', accept: '*/*', connection: 'close', ...Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])) };
    const options = { method: 'GET', headers: sent, timeout: timeoutMs, agent: false as const };
    const outgoing = secure ? httpsRequest(url, { ...options, rejectUnauthorized: false }) : httpRequest(url, options);
    outgoing.on('response', (response) => {
      const code = response.statusCode ?? 0;
      response.destroy();
      resolve(code >= 200 && code < 400 ? { ok: true } : { ok: false, message: `HTTP probe failed with statuscode: ${code}` });
    });
    outgoing.on('timeout', () => {
      fail('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
      outgoing.destroy();
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => fail(dialError(error, host, port)));
    outgoing.end();
  });
}

function probeTcp({ host, port }: Extract<NetworkTarget, { type: 'tcp' }>, timeoutMs: number): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const finish = (outcome: ProbeOutcome): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('connect', () => finish({ ok: true }));
    socket.on('timeout', () => finish({ ok: false, message: `dial tcp ${host}:${port}: i/o timeout` }));
    socket.on('error', (error: NodeJS.ErrnoException) => finish({ ok: false, message: dialError(error, host, port) }));
  });
}

function dialError(error: NodeJS.ErrnoException, host: string, port: number): string {
  return error.code === 'ECONNREFUSED' ? `dial tcp ${host}:${port}: connect: connection refused` : error.message;
}
