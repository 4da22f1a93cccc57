import type { Pod } from '@keelson/api/core/v1';
import { StatusError } from '@keelson/sdk';
import type { ResponseStream } from '../server/http-exchange.ts';
import { containerIn } from './container-of.ts';
import { unreachable, type NodeLink } from './node-link.ts';

/** Names of a log request's options; all go on to the agent as they are. */
const passed = ['follow', 'previous', 'timestamps', 'tailLines', 'limitBytes', 'sinceSeconds', 'sinceTime', 'stream'];

/** Writes the log of a container on another host for as long as it lasts. Errors: the agent's Status, or that it cannot be reached. */
export async function logFromNode(link: NodeLink, pod: Pod, query: { get(name: string): string | undefined }, now: number, open: () => ResponseStream): Promise<void> {
  const address = await link.addressOf(pod);
  const container = containerIn(pod, query.get('container'));
  const options = new URLSearchParams(passed.flatMap((name): [string, string][] => (query.get(name) === undefined ? [] : [[name, query.get(name)!]])));
  const seconds = options.get('sinceSeconds');
  if (seconds !== null) {
    options.delete('sinceSeconds');
    options.set('sinceTime', new Date(now - 1000 * Number(seconds)).toISOString());
  }
  const { namespace = '', name } = pod.metadata;
  const gone = new AbortController();
  const answer = await link.get(address, `/containerLogs/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/${encodeURIComponent(container)}?${options.toString()}`, gone.signal).catch((error: unknown) => {
    throw unreachable(address, error);
  });
  if (answer.statusCode !== 200) {
    let body = '';
    for await (const chunk of answer) body += String(chunk);
    throw statusIn(body);
  }
  const stream = open();
  stream.onClose(() => gone.abort());
  try {
    for await (const chunk of answer) {
      stream.write(chunk as Buffer);
      if (stream.backlog > maxBacklog) await new Promise<void>((resolve) => { stream.onDrain(resolve); stream.onClose(resolve); });
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

const maxBacklog = 1024 * 1024;

function statusIn(body: string): StatusError {
  try {
    const { reason, message } = JSON.parse(body) as { readonly reason?: string; readonly message?: string };
    return new StatusError(reason === 'NotFound' ? 'NotFound' : reason === 'BadRequest' ? 'BadRequest' : 'InternalError', message ?? body);
  } catch {
    return new StatusError('InternalError', `the node's agent answered: ${body.slice(0, 200)}`);
  }
}
