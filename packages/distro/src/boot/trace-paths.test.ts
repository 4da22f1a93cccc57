import { silentLogger } from '@keelson/sdk';
import { TraceRing, encodeOtlp, queryTraces, type SpanRecord } from '@keelson/telemetry';
import type { PathEndpoints } from '@keelson/kernel/apiserver';
import { addTracePaths, traceIntakePath } from './trace-paths.ts';

const span: SpanRecord = {
  traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: 'sync pod', kind: 4, scope: 'node', seq: 1, start: 1000, end: 1001,
  attributes: { 'k8s.pod.name': 'web' }, links: [], events: [], status: { code: 0 },
};

type Handler = (request: { exchange: object; user: { name: string } }) => Promise<void> | void;

function paths() {
  const handlers = new Map<string, Handler>();
  const ring = new TraceRing();
  addTracePaths({ set: (path: string, handler: Handler) => handlers.set(path, handler) } as unknown as PathEndpoints, { ring }, { query: (query) => queryTraces(ring, query) }, silentLogger);
  const post = async (body: string): Promise<void> => {
    const head = { statusCode: 0 };
    await handlers.get(traceIntakePath)!({ user: { name: 'system:node:a' }, exchange: { body: () => Promise.resolve(Buffer.from(body)), header: () => undefined, respond: () => undefined, start: () => undefined, end: () => undefined, ...head } });
  };
  return { ring, post };
}

describe('the intake of spans', () => {
  it('puts the spans of other processes beside its own', async () => {
    const { ring, post } = paths();
    await post(encodeOtlp([span], {})).catch(() => undefined);
    expect([...ring.all()]).toEqual([{ ...span, seq: expect.any(Number) as number }]);
  });

  it.each([['no JSON', '{'], ['no spans', '{"resourceSpans": 1}']])('refuses what is %s with a Status', async (_title, body) => {
    const { ring, post } = paths();
    await expect(post(body)).rejects.toMatchObject({ reason: 'BadRequest', message: expect.stringContaining('no OTLP trace request') as string });
    expect(ring.size).toBe(0);
  });
});
