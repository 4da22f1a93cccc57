import type { StreamChoice } from '@keelson/sdk/runtime';

/** What a request to the agent is about, in the paths of the kubelet's API. */
export type AgentRequest =
  | { readonly type: 'logs'; readonly namespace: string; readonly pod: string; readonly container: string; readonly query: URLSearchParams }
  | { readonly type: 'exec' | 'attach'; readonly namespace: string; readonly pod: string; readonly uid: string | undefined; readonly container: string; readonly query: URLSearchParams }
  | { readonly type: 'port-forward'; readonly namespace: string; readonly pod: string; readonly uid: string | undefined; readonly query: URLSearchParams }
  | { readonly type: 'pods' | 'stats' | 'resource-metrics' | 'health' };

const fixed: Readonly<Record<string, AgentRequest>> = {
  '/pods': { type: 'pods' }, '/stats/summary': { type: 'stats' }, '/metrics/resource': { type: 'resource-metrics' }, '/healthz': { type: 'health' },
};

/** Undefined for paths that nobody serves. */
export function agentRequest(url: string): AgentRequest | undefined {
  const { pathname, searchParams: query } = new URL(url, 'https://agent');
  const known = fixed[pathname];
  if (known !== undefined) return known;
  const [, kind, namespace, pod, ...rest] = pathname.split('/').map(decodeURIComponent);
  if (namespace === undefined || pod === undefined || namespace === '' || pod === '') return undefined;
  if (kind === 'portForward' && rest.length <= 1) return { type: 'port-forward', namespace, pod, uid: rest[0], query };
  const container = rest.at(-1);
  if (container === undefined || container === '') return undefined;
  if (kind === 'containerLogs' && rest.length === 1) return { type: 'logs', namespace, pod, container, query };
  if ((kind === 'exec' || kind === 'attach') && rest.length <= 2) return { type: kind, namespace, pod, uid: rest.length === 2 ? rest[0] : undefined, container, query };
  return undefined;
}

/** The streams that a query asks for, in the kubelet's words or the API server's. */
export function streamsIn(query: URLSearchParams): StreamChoice {
  const flag = (...names: readonly string[]): boolean => names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''));
  const tty = flag('tty');
  return { stdin: flag('input', 'stdin'), stdout: flag('output', 'stdout'), stderr: !tty && flag('error', 'stderr'), tty };
}
