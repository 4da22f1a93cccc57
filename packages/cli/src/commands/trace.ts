import { formatDuration, renderTrace, type TraceAnswer } from '@keelson/telemetry';
import { requireRunning, type ClusterFlags } from '../cluster/find.ts';
import { CliError, ExitCode } from '../errors.ts';
import { formatOf, print } from '../output/print.ts';
import type { World } from '../world.ts';
import { integer } from './whole-number.ts';

/** Flags of `trace`. */
export type TraceFlags = ClusterFlags & { readonly namespace?: string; readonly limit?: string; readonly output?: string };

/** Where the API server answers a `TraceQuery` with a `TraceAnswer` to cluster administrators. */
export const tracesPath = '/debug/keelson/traces';

/** `keelson trace deploy/web`: what a change caused, as one tree. `keelson trace <32 hex digits>` shows one trace. */
export async function trace(world: World, target: string, flags: TraceFlags): Promise<number> {
  const format = formatOf(flags.output);
  const query = queryOf(target, flags);
  const { state, access } = requireRunning(world, flags);
  const answer = await world.clusterApi.get(access, `${tracesPath}?${query.toString()}`);
  if (answer.status === 404) throw new CliError('KEEL_USAGE_TARGET', `no traces of "${target}": ${messageOf(answer.body)}; "kubectl api-resources" lists what there is`);
  if (answer.status !== 200) throw new CliError('KEEL_API_TRACES', `cluster "${state.name}" answered ${answer.status} for traces: ${answer.body.trim()}`);
  const found = JSON.parse(answer.body) as TraceAnswer;
  if (found.traces.length === 0) {
    const why = found.evicted > 0 ? `${found.evicted} older spans are no longer kept` : 'tracing has seen no change of it';
    throw new CliError('KEEL_CLUSTER_NO_TRACE', `no trace of ${target}${query.has('namespace') ? ` in namespace ${query.get('namespace')}` : ''}: ${why}; change the object and ask again`);
  }
  print(world.out, format, found, () =>
    found.traces.map(({ traceId, spans }) => `trace ${traceId}: ${spans.length} spans, ${formatDuration(Math.max(...spans.map((span) => span.end)) - Math.min(...spans.map((span) => span.start)))}\n${renderTrace(spans)}`).join('\n\n'),
  );
  return ExitCode.ok;
}

/** The endpoint's query for what the user typed. Exported for its test. */
export function queryOf(target: string, flags: TraceFlags): URLSearchParams {
  const query = new URLSearchParams();
  if (flags.limit !== undefined) query.set('limit', String(integer('--limit', flags.limit, 1, 100)));
  if (/^[0-9a-f]{32}$/.test(target)) {
    query.set('traceId', target);
    return query;
  }
  const [, typed, name] = /^([^/]+)\/([^/]+)$/.exec(target) ?? [];
  if (typed === undefined || name === undefined) throw new CliError('KEEL_USAGE_TARGET', `"${target}" names no object: write kind/name, for example deploy/web, or a trace id`);
  // The server knows what the words mean, for kinds of its own too, and which kinds have no namespace.
  query.set('kind', typed);
  query.set('name', name);
  query.set('namespace', flags.namespace ?? 'default');
  return query;
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message ?? body.trim();
  } catch {
    return body.trim();
  }
}
