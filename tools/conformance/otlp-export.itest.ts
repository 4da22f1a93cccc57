import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describeWith, program } from '../jest/require-part.ts';
import { KeelsonProcess } from './keelson-process.ts';
import { Kubectl } from './kubectl.ts';

interface Received {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly service: string;
  readonly scope: string;
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Received[] }[];
  }[];
}

/** The least of a collector: takes OTLP/HTTP in JSON and keeps the spans. */
class Collector {
  readonly spans: Received[] = [];
  readonly paths = new Set<string>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.paths.add(`${request.method} ${request.url} ${request.headers['content-type']}`);
        const bytes = Buffer.concat(chunks);
        const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
        for (const { resource, scopeSpans } of (JSON.parse(text) as ExportRequest).resourceSpans) {
          const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
          for (const { scope, spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, service, scope: scope.name })));
        }
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: traced }
spec:
  replicas: 2
  selector: { matchLabels: { app: traced } }
  template:
    metadata: { labels: { app: traced } }
    spec: { containers: [{ name: c, image: example.org/c:1 }] }
`;

jest.setTimeout(90_000);

describeWith(program('kubectl'))('export of traces by OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  it.each([['none', {}], ['gzip', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }]])('sends all spans of one apply, in one trace, compressed by %s', async (_compression, env) => {
    const collector = new Collector();
    const endpoint = await collector.listen();
    const keelson = await KeelsonProcess.start({ flags: ['--nodes', '1', '--storage', 'memory'], env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'under-test', ...env } });
    try {
      const kubectl = new Kubectl(keelson.ready.kubeconfig);
      await kubectl.run('wait --for=condition=Ready node --all --timeout=30s');
      await kubectl.run('apply -f -', { input: manifest });
      await kubectl.run('rollout status deploy/traced --timeout=30s');
      // A clean stop sends what still waits.
      expect(await keelson.stop()).toBe(0);
      expect([...collector.paths]).toEqual(['POST /v1/traces application/json']);
      const writes = collector.spans.filter(({ name }) => /^POST .*\/deployments$/.test(name));
      expect(writes).toHaveLength(1);
      const { traceId } = writes[0]!;
      const trace = collector.spans.filter((span) => span.traceId === traceId);
      const names = trace.map(({ name }) => name);
      for (const name of ['reconcile deployment', 'reconcile replicaset', 'schedule pod', 'bind', 'sync pod', 'start container']) expect(names).toContain(name);
      expect(names.filter((name) => name === 'schedule pod')).toHaveLength(2);
      // No hole: what a span names as its parent has arrived as well.
      const ids = new Set(trace.map(({ spanId }) => spanId));
      const roots = trace.filter(({ parentSpanId }) => parentSpanId === undefined || parentSpanId === '' || !ids.has(parentSpanId));
      expect(roots.map(({ name }) => name)).toEqual(['kubectl apply']);
      expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(collector.spans.length);
      expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(['under-test']));
      expect(new Set(trace.map(({ scope }) => scope))).toEqual(new Set(['@keelson/kernel', '@keelson/controller-runner', '@keelson/scheduler-core', '@keelson/node']));
    } finally {
      await keelson.destroy();
      await collector.close();
    }
  });

  it('does not mind a collector that is not there', async () => {
    const keelson = await KeelsonProcess.start({ flags: ['--nodes', '1', '--storage', 'memory'], env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } });
    try {
      const kubectl = new Kubectl(keelson.ready.kubeconfig);
      await kubectl.run('create configmap a');
      const since = performance.now();
      expect(await keelson.stop()).toBe(0);
      expect(performance.now() - since).toBeLessThan(5000);
      expect(keelson.log).toMatch(/trace export failed/);
    } finally {
      await keelson.destroy();
    }
  });
});
