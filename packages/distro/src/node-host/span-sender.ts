import { Agent, request } from 'node:https';
import { encodeOtlp, type SpanRecord } from '@keelson/telemetry';
import type { ConnectionConfig } from '@keelson/client/http';
import { traceIntakePath } from '../boot/trace-paths.ts';

/** Sends spans to the control plane, as the identity that the connection has at that moment. */
export function spanSender(connection: Pick<ConnectionConfig, 'server' | 'ca' | 'cert' | 'key'>, resource: Readonly<Record<string, string>>): { send(spans: readonly SpanRecord[]): Promise<void>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: (spans) =>
      new Promise((resolve, reject) => {
        const { ca, cert, key } = connection;
        const call = request(new URL(traceIntakePath, connection.server), { method: 'POST', agent, timeout: 10_000, headers: { 'content-type': 'application/json' }, ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) }, (answer) => {
          answer.resume();
          answer.once('error', reject);
          answer.once('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`the control plane answered ${answer.statusCode} for spans`))));
        });
        call.once('timeout', () => call.destroy(new Error('the control plane did not take spans within 10 s')));
        call.once('error', reject);
        call.end(encodeOtlp(spans, resource));
      }),
    close: () => agent.destroy(),
  };
}
