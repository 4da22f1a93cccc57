import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTracing } from './provider.ts';
import { noopTracer, withSpan } from './context.ts';
import { seededRandom, standingClock } from './testdata/fakes.ts';

interface Collector {
  readonly url: string;
  readonly requests: { path: string; headers: Record<string, unknown>; body: { resourceSpans: { resource: unknown; scopeSpans: { scope: { name: string }; spans: Record<string, unknown>[] }[] }[] } }[];
  readonly server: Server;
}

async function collector(): Promise<Collector> {
  const requests: Collector['requests'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ path: request.url!, headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as never });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, server };
}

const parts = () => ({ clock: standingClock(), random: seededRandom(1) });

describe('createTracing', () => {
  it('keeps spans in a ring of its own, one per cluster', () => {
    const first = createTracing(parts());
    const second = createTracing({ ...parts(), ring: { spans: 1 } });
    withSpan(first.tracer('a'), 'one', {}, () => undefined);
    withSpan(second.tracer('b'), 'two', {}, () => undefined);
    withSpan(second.tracer('b'), 'three', {}, () => undefined);
    expect([...first.ring.all()].map((span) => span.name)).toEqual(['one']);
    expect([...second.ring.all()].map((span) => span.name)).toEqual(['three']);
  });

  it('makes no spans when disabled', () => {
    const tracing = createTracing({ ...parts(), environment: { OTEL_SDK_DISABLED: 'true' } });
    expect(tracing.tracer('x')).toBe(noopTracer);
  });

  it('sends spans to an OTLP/HTTP collector, before the exporter was loaded and after', async () => {
    const target = await collector();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: target.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret', OTEL_SERVICE_NAME: 'test-cluster' };
    const tracing = createTracing({ ...parts(), environment, onError: (error) => { throw error; } });
    const tracer = tracing.tracer('@keelson/test');
    withSpan(tracer, 'outer', { attributes: { n: 1 } }, () => withSpan(tracer, 'inner', {}, () => undefined));
    await tracing.flush();
    withSpan(tracer, 'late', {}, () => undefined);
    await tracing.close();
    target.server.closeAllConnections();
    await new Promise((resolve) => target.server.close(resolve));
    expect(target.requests[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-key': 'secret' } });
    const scopes = target.requests.flatMap((request) => request.body.resourceSpans).flatMap((resource) => resource.scopeSpans);
    const spans = scopes.flatMap((scope) => scope.spans);
    expect(spans.map((span) => span['name'])).toEqual(['inner', 'outer', 'late']);
    expect(spans[0]!['parentSpanId']).toBe(spans[1]!['spanId']);
    expect(scopes[0]!.scope.name).toBe('@keelson/test');
    expect(JSON.stringify(target.requests[0]!.body.resourceSpans[0]!.resource)).toContain('test-cluster');
  });

  it('tells about a collector that is not there, once, and keeps the ring', async () => {
    const target = await collector();
    await new Promise((resolve) => target.server.close(resolve));
    const errors: Error[] = [];
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: target.url, OTEL_EXPORTER_OTLP_TIMEOUT: '200' };
    const tracing = createTracing({ ...parts(), environment, onError: (error) => errors.push(error) });
    withSpan(tracing.tracer('x'), 'lonely', {}, () => undefined);
    await tracing.flush();
    withSpan(tracing.tracer('x'), 'lonely', {}, () => undefined);
    await tracing.close();
    expect(errors.length).toBeGreaterThan(0);
    expect(tracing.ring.size).toBe(2);
  });
});
