import type { Kind } from '@keelson/api';
import { StatusError, type Logger } from '@keelson/sdk';
import { sendObject, type PathEndpoints } from '@keelson/kernel/apiserver';
import { OtlpError, decodeOtlp, traceQueryFrom, type TraceQuery, type Tracing } from '@keelson/telemetry';
import type { TraceHistory } from './trace-history.ts';
import { typedKind } from './typed-kind.ts';

/** Where agents and other programs send their spans, as OTLP/HTTP in JSON. */
export const traceIntakePath = '/keelson/v1/traces';
/** Where `keelson trace` asks. */
export const traceQueryPath = '/debug/keelson/traces';

/** Most bytes of one batch of spans. */
const maxBatch = 4 * 1024 * 1024;

/** What traces are served from. */
export interface TraceSource {
  readonly history: Pick<TraceHistory, 'query'>;
  /** Served now. */
  readonly kinds: () => readonly Kind[];
}

/** Serves the cluster's traces and takes spans of other processes in; RBAC guards both paths like any other. */
export function addTracePaths(paths: PathEndpoints, { ring }: Pick<Tracing, 'ring'>, { history, kinds }: TraceSource, log: Logger): void {
  paths.set(traceQueryPath, async ({ exchange }) => {
    const question = exchange.url.indexOf('?');
    const query = new URLSearchParams(question < 0 ? '' : exchange.url.slice(question + 1));
    sendObject(exchange, 200, await history.query(resolved(traceQueryFrom(query), kinds())));
  });
  // Spans of other processes come after those of this one that start at the same moment.
  let seq = 1_000_000_000;
  paths.set(
    traceIntakePath,
    async ({ exchange, user }) => {
      const bytes = await exchange.body(maxBatch);
      try {
        const spans = decodeOtlp(JSON.parse(bytes.toString('utf8')), () => seq++);
        for (const span of spans) ring.add(span);
      } catch (error) {
        if (!(error instanceof OtlpError) && !(error instanceof SyntaxError)) throw error;
        log.info('spans were refused', { user: user.name, error: error.message });
        throw new StatusError('BadRequest', `the body is no OTLP trace request in JSON: ${error.message}`);
      }
      sendObject(exchange, 200, {});
    },
    ['POST'],
  );
}

/** The kind may be typed as for kubectl; a namespace says nothing about a kind that has none. */
function resolved(query: TraceQuery, kinds: readonly Kind[]): TraceQuery {
  if (query.kind === undefined) return query;
  const kind = typedKind(kinds, query.kind);
  if (kind === undefined) throw new StatusError('NotFound', `the server doesn't have a resource type "${query.kind}"`);
  return { ...query, kind: kind.plural, namespace: kind.namespaced ? query.namespace : undefined };
}
