import { connect } from 'node:http2';
import type { ProbeOutcome } from '@keelson/sdk/runtime';

export interface GrpcTarget {
  readonly type: 'grpc';
  readonly host: string;
  readonly port: number;
  /** '' asks for the server as a whole. */
  readonly service: string;
}

/** `ServingStatus` of the health checking protocol (grpc.health.v1). */
const names = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Asks a gRPC health service; the one message each way is simple enough to be written here. */
export function probeGrpc({ host, port, service }: GrpcTarget, timeoutMs: number): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const session = connect(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
    const finish = (outcome: ProbeOutcome): void => {
      session.destroy();
      resolve(outcome);
    };
    const late = (): void => finish({ ok: false, message: `timeout: failed to connect service "${host}:${port}" within ${timeoutMs / 1000}s: context deadline exceeded` });
    session.setTimeout(timeoutMs, late);
    session.on('error', (error: Error) => finish({ ok: false, message: `failed to connect service "${host}:${port}": ${error.message}` }));
    const call = session.request({ ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', 'content-type': 'application/grpc', te: 'trailers', 'user-agent': 'kube-probe/1.36' });
    const chunks: Buffer[] = [];
    let status: string | undefined;
    let reason = '';
    const note = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] === undefined) return;
      status = String(headers['grpc-status']);
      reason = String(headers['grpc-message'] ?? '');
    };
    call.setTimeout(timeoutMs, late);
    call.on('response', note);
    call.on('trailers', note);
    call.on('data', (chunk: Buffer) => chunks.push(chunk));
    call.on('error', (error: Error) => finish({ ok: false, message: error.message }));
    call.on('end', () => finish(outcomeOf(Buffer.concat(chunks), status, reason)));
    call.end(request(service));
  });
}

/** A frame with `HealthCheckRequest { service = 1 }`. */
function request(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 128) return [...bytes, left];
    bytes.push((left & 127) | 128);
  }
}

/** The answer is `HealthCheckResponse { status = 1 }`: one small number, absent for 0. */
function outcomeOf(answer: Buffer, status: string | undefined, reason: string): ProbeOutcome {
  if (status !== '0') return { ok: false, message: status === '12' ? 'server does not implement the grpc health protocol (grpc.health.v1.Health)' : `service unhealthy (responded with gRPC status ${status ?? 'none'}: ${decodeURIComponent(reason)})` };
  const value = answer.length >= 7 && answer[5] === 0x08 ? answer[6]! : 0;
  const name = names[value] ?? String(value);
  return name === 'SERVING' ? { ok: true } : { ok: false, message: `service unhealthy (responded with "${name}")` };
}
