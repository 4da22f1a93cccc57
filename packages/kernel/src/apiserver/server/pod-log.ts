import { Pod } from '@keelson/api/core/v1';
import { StatusError, isStatus } from '@keelson/sdk';
import type { LogOptions } from '@keelson/sdk/runtime';
import { badRequest, notFound } from '../api-errors.ts';
import type { QueryReader } from '../request.ts';
import { keyOf } from '../handlers/get.ts';
import { logFromNode } from '../connect/node-logs.ts';
import type { StreamHandler } from './stream-handler.ts';
import { sendText } from './respond.ts';
import type { ResponseStream } from './http-exchange.ts';

const maxBacklog = 1024 * 1024;

/** `GET pods/NAME/log`: text, as long as the log or the client's patience lasts. */
export const servePodLog: StreamHandler = async (server, request, exchange) => {
  const pods = request.resource.storage!.cache;
  await pods.ready();
  const pod = pods.get(keyOf(request))?.object as Pod | undefined;
  if (pod === undefined) throw notFound(Pod, request.name!);
  if ((pod.spec.nodeName ?? '') === '') {
    // Not assigned yet: there is no log, and that is no error.
    sendText(exchange, 200, '');
    return;
  }
  const logs = server.podLogs;
  if (logs === undefined && server.nodes === undefined) throw new StatusError('ServiceUnavailable', 'no node agent offers logs in this cluster');
  const aborted = new AbortController();
  let stream: ResponseStream | undefined;
  let wrote = false;
  const open = (): ResponseStream => {
    if (stream === undefined) {
      stream = exchange.open(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
      stream.onClose(() => {
        aborted.abort();
      });
    }
    return stream;
  };
  const options = { ...logOptions(request.query, server.context.clock.now()), signal: aborted.signal, previous: flag(request.query, 'previous') };
  // A follower wants its headers at once: it may wait for the first line for hours.
  if (options.follow === true) open();
  try {
    if (logs === undefined) throw notFound(Pod, request.name!);
    await logs.read({ namespace: request.namespace!, name: request.name! }, request.query.get('container') || undefined, options, (chunk) => {
      wrote = true;
      const target = open();
      target.write(Buffer.from(chunk, 'utf8'));
      return target.backlog > maxBacklog ? drained(target) : undefined;
    });
  } catch (error) {
    if (server.nodes !== undefined && !wrote && isStatus(error, 'NotFound')) {
      // No pod of this process: its node has an agent of its own.
      await logFromNode(server.nodes, pod, request.query, server.context.clock.now(), open);
      open().end();
      return;
    }
    if (stream === undefined || !exchange.answered) throw error;
    server.context.log.warn('log stream broke', { pod: keyOf(request), error: String(error) });
  }
  open().end();
};

/** Resolves when the client has taken enough. */
function drained(stream: ResponseStream): Promise<void> {
  return new Promise((resolve) => {
    stream.onDrain(resolve);
    stream.onClose(resolve);
  });
}

function logOptions(query: QueryReader, now: number): LogOptions {
  const since = query.get('sinceTime');
  const seconds = integer(query, 'sinceSeconds');
  if (since !== undefined && seconds !== undefined) throw badRequest('at most one of sinceTime or sinceSeconds may be specified');
  const sinceTime = since === undefined ? undefined : Date.parse(since);
  if (sinceTime !== undefined && Number.isNaN(sinceTime)) throw badRequest(`sinceTime: Invalid value: ${JSON.stringify(since)}`);
  return {
    follow: flag(query, 'follow'),
    timestamps: flag(query, 'timestamps'),
    tailLines: integer(query, 'tailLines'),
    limitBytes: integer(query, 'limitBytes'),
    sinceTime: seconds === undefined ? sinceTime : now - seconds * 1000,
    stream: query.get('stream') as LogOptions['stream'],
  };
}

function integer(query: QueryReader, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name}: Invalid value: ${JSON.stringify(text)}: must be a non-negative integer`);
  return Number(text);
}

const flag = (query: QueryReader, name: string): boolean => query.get(name) === 'true' || query.get(name) === '1';
