import { request as askBackend, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '@keelson/sdk';
import type { IngressBackend, IngressEndpoint } from '@keelson/sdk/ingress';
import { nameOf, type EndpointChoice } from './endpoint-choice.ts';
import type { ForwardLimits, Outcome } from './forwarder.ts';

/** Answers a request to change the protocol itself, and closes. */
export function refuseUpgrade(socket: Duplex, code: number, text: string): void {
  const reasons: Readonly<Record<number, string>> = { 400: 'Bad Request', 404: 'Not Found', 502: 'Bad Gateway', 503: 'Service Unavailable' };
  socket.end(`HTTP/1.1 ${code} ${reasons[code] ?? 'Error'}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`);
}

/**
 * Hands a request with `Upgrade` (WebSocket and the like, RFC 9110, 7.8) to an endpoint and, once that agrees, joins both
 * connections until either side ends. Resolves when that is over; never rejects.
 */
export async function upgrade(
  request: IncomingMessage, socket: Duplex, first: Buffer,
  { backend, url, headers, choice, clock, limits }: {
    readonly backend: IngressBackend; readonly url: string; readonly headers: string[]; readonly choice: EndpointChoice; readonly clock: Clock; readonly limits: ForwardLimits;
  },
): Promise<Outcome> {
  const tried = new Set<IngressEndpoint>();
  const head = [...headers, 'Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? ''];
  for (;;) {
    const endpoint = choice.next(backend, tried);
    if (endpoint === undefined) {
      refuseUpgrade(socket, tried.size === 0 ? 503 : 502, tried.size === 0 ? 'no endpoint of the service is ready\n' : 'the service could not be reached\n');
      return { code: tried.size === 0 ? 503 : 502, tries: tried.size, fault: 'no endpoint took it' };
    }
    tried.add(endpoint);
    const ended = await join({ socket, first, clock, limits }, { endpoint, method: request.method ?? 'GET', url, head });
    if (ended.code !== undefined) return { code: ended.code, endpoint: nameOf(endpoint), tries: tried.size, fault: ended.fault };
    choice.failed(backend, endpoint);
    if (tried.size >= limits.tries) {
      refuseUpgrade(socket, 502, 'the service could not be reached\n');
      return { code: 502, tries: tried.size, fault: ended.fault };
    }
  }
}

interface Joined {
  /** Undefined: the endpoint could not be reached. */
  readonly code: number | undefined;
  readonly fault?: string | undefined;
}

function join(
  { socket, first, clock, limits }: { readonly socket: Duplex; readonly first: Buffer; readonly clock: Clock; readonly limits: ForwardLimits },
  { endpoint, method, url, head }: { readonly endpoint: IngressEndpoint; readonly method: string; readonly url: string; readonly head: string[] },
): Promise<Joined> {
  return new Promise((resolve) => {
    const upstream = askBackend({ agent: false, host: endpoint.address, port: endpoint.port, method, path: url, headers: head, setHost: false });
    const timer = clock.after(limits.connectMs + limits.answerMs, () => upstream.destroy(new Error('no answer in time')));
    let begun = false;
    const left = (): void => {
      timer.cancel();
      upstream.destroy();
      resolve({ code: 499, fault: 'the client went away' });
    };
    socket.once('close', left);
    const over = (joined: Joined): void => {
      timer.cancel();
      socket.off('close', left);
      resolve(joined);
    };
    upstream.once('upgrade', (answer, other, rest) => {
      begun = true;
      timer.cancel();
      socket.write(headText(101, answer));
      if (rest.length > 0) socket.write(rest);
      if (first.length > 0) other.write(first);
      tie(socket, other, () => over({ code: 101 }));
    });
    upstream.once('response', (answer) => {
      begun = true;
      // It does not want to: the client gets its answer, and the connection ends with it.
      const code = answer.statusCode ?? 502;
      socket.write(headText(code, answer, 'close'));
      answer.on('error', () => socket.destroy());
      answer.on('end', () => socket.end());
      answer.pipe(socket, { end: false });
      answer.once('close', () => over({ code }));
    });
    upstream.on('error', (error) => {
      if (begun) socket.destroy();
      else over({ code: undefined, fault: error.message });
    });
    upstream.end();
  });
}

/** Both ways, each with its own end; when one breaks, both do. */
function tie(a: Duplex, b: Duplex, over: () => void): void {
  let open = 2;
  for (const [from, to] of [[a, b], [b, a]] as const) {
    from.on('error', () => to.destroy());
    from.once('close', () => {
      if (!to.writableEnded) to.destroy();
      if (--open === 0) over();
    });
    from.pipe(to);
  }
}

function headText(code: number, answer: IncomingMessage, connection?: string): string {
  const lines = [`HTTP/1.1 ${code} ${answer.statusMessage ?? ''}`];
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i]!.toLowerCase();
    if (connection !== undefined && (name === 'connection' || name === 'keep-alive' || name === 'transfer-encoding')) continue;
    lines.push(`${answer.rawHeaders[i]!}: ${answer.rawHeaders[i + 1]!}`);
  }
  if (connection !== undefined) lines.push(`Connection: ${connection}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
