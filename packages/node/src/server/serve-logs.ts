import type { ServerResponse } from 'node:http';
import type { LogOptions, PodLogs } from '@keelson/sdk/runtime';
import type { AgentRequest } from './request-paths.ts';

const flag = (query: URLSearchParams, name: string): boolean => ['1', 'true'].includes(query.get(name) ?? '');

/** The options of a log request; the API server has checked them already. */
export function logOptionsIn(query: URLSearchParams): LogOptions & { readonly previous: boolean } {
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined);
  const since = query.get('sinceTime');
  const stream = query.get('stream');
  return {
    follow: flag(query, 'follow'), previous: flag(query, 'previous'), timestamps: flag(query, 'timestamps'),
    tailLines: number('tailLines'), limitBytes: number('limitBytes'),
    sinceTime: since === null ? undefined : Date.parse(since),
    stream: stream === 'Stdout' || stream === 'Stderr' ? stream : undefined,
  };
}

/** Writes a container's log for as long as it, or the client's patience, lasts. Rejects before the first byte only. */
export async function serveLogs(logs: PodLogs, { namespace, pod, container, query }: Extract<AgentRequest, { readonly type: 'logs' }>, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const options = { ...logOptionsIn(query), signal: gone.signal };
  const begin = (): void => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
  };
  try {
    // A follower wants to know at once that it is heard.
    if (options.follow === true) begin();
    await logs.read({ namespace, name: pod }, container, options, (chunk) => {
      begin();
      return response.write(chunk) ? undefined : new Promise<void>((resolve) => {
        response.once('drain', resolve);
        response.once('close', resolve);
      });
    });
  } catch (error) {
    if (!response.headersSent) throw error;
    if (!gone.signal.aborted) response.destroy();
    return;
  }
  begin();
  response.end();
}
