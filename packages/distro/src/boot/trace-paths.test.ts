import { builtinKinds } from '@keelson/api';
import { silentLogger } from '@keelson/sdk';
import { TraceRing, encodeOtlp, queryTraces, type SpanRecord, type TraceAnswer } from '@keelson/telemetry';
import type { PathEndpoints } from '@keelson/kernel/apiserver';
import { addTracePaths, traceIntakePath, traceQueryPath } from './trace-paths.ts';

const span: SpanRecord = {
  traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: 'sync pod', kind: 4, scope: 'node', seq: 1, start: 1000, end: 1001,
  attributes: { 'k8s.pod.name': 'web' }, links: [], events: [], status: { code: 0 },
};

type Handler = (request: { exchange: object; user: { name: string } }) => Promise<void> | void;

function paths() {
  const handlers = new Map<string, Handler>();
  const ring = new TraceRing();
  addTracePaths({ set: (path: string, handler: Handler) => handlers.set(path, handler) } as unknown as PathEndpoints, { ring }, { history: { query: (query) => queryTraces(ring, query) }, kinds: builtinKinds }, silentLogger);
  const post = async (body: string): Promise<void> => {
    const head = { statusCode: 0 };
    await handlers.get(traceIntakePath)!({ user: { name: 'system:node:a' }, exchange: { body: () => Promise.resolve(Buffer.from(body)), header: () => undefined, respond: () => undefined, start: () => undefined, end: () => undefined, ...head } });
  };
  const ask = async (question: string): Promise<TraceAnswer> => {
    let text = '';
    await handlers.get(traceQueryPath)!({ user: { name: 'admin' }, exchange: { url: `${traceQueryPath}?${question}`, header: () => undefined, send: (_code: number, _headers: unknown, body: readonly Buffer[]) => (text = Buffer.concat(body).toString()) } });
    return JSON.parse(text) as TraceAnswer;
  };
  return { ring, post, ask };
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

describe('questions for traces', () => {
  it('take kinds as users type them, and leave the namespace aside for kinds without', async () => {
    const { ring, ask } = paths();
    const about = (traceId: string, resource: string, name: string, namespace?: string): SpanRecord => ({ ...span, traceId: traceId.repeat(32), attributes: { 'keelson.resource': resource, 'keelson.object.name': name, ...(namespace === undefined ? {} : { 'keelson.object.namespace': namespace }) } });
    ring.add(about('a', 'deployments', 'web', 'shop'));
    ring.add(about('b', 'clusterroles', 'web'));
    const found = async (question: string): Promise<string[]> => (await ask(question)).traces.map(({ traceId }) => traceId[0]!);
    for (const kind of ['deploy', 'Deployment', 'deployments.apps', 'deployment.v1.apps']) expect(await found(`kind=${kind}&namespace=shop&name=web`)).toEqual(['a']);
    expect(await found('kind=deploy&namespace=other&name=web')).toEqual([]);
    expect(await found('kind=clusterrole&namespace=default&name=web')).toEqual(['b']);
    await expect(found('kind=widget&name=web')).rejects.toThrow('the server doesn\'t have a resource type "widget"');
  });
});
