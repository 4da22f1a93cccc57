// The least that a server can do to answer the same: what budgets are measured against.
import { createServer, type Server } from 'node:https';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { samplePod } from './sample.ts';

export interface BareOptions {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** GET answers stored bytes, `/bytes/N` as many bytes as asked, `/watch` a stream; POST parses, stamps, stores and answers. */
export class BareServer {
  readonly #watchers = new Set<ServerResponse>();
  readonly #server: Server;

  constructor(options: BareOptions) {
    const bytes = Buffer.from(JSON.stringify(samplePod('p0')));
    const stored = new Map<string, Buffer>();
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };
    const bulk = new Map<number, Buffer>();
    this.#server = createServer({ ...options, requestCert: true, rejectUnauthorized: false }, (request, response) => {
      if (request.method === 'GET') {
        if (request.url!.startsWith('/watch')) {
          response.writeHead(200, headers);
          response.flushHeaders();
          this.#watchers.add(response);
          response.once('close', () => this.#watchers.delete(response));
          return;
        }
        let answer: Buffer = bytes;
        if (request.url!.startsWith('/bytes/')) {
          const size = Number(request.url!.slice('/bytes/'.length));
          answer = bulk.get(size) ?? Buffer.alloc(size, 'x');
          bulk.set(size, answer);
        }
        response.writeHead(200, { ...headers, 'content-length': answer.length });
        response.end(answer);
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const object = JSON.parse(Buffer.concat(chunks).toString()) as { metadata: Record<string, unknown> };
        object.metadata['uid'] = randomUUID();
        object.metadata['creationTimestamp'] = new Date().toISOString();
        const answer = Buffer.from(JSON.stringify(object));
        stored.set(object.metadata['name'] as string, answer);
        response.writeHead(201, { ...headers, 'content-length': answer.length });
        response.end(answer);
      });
    });
    this.#server.keepAliveTimeout = 0;
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as { port: number }).port;
  }

  /** A coalescing fan-out: each event serialized once, those of a turn written to each watcher in one piece. */
  async emit(count: number, frameSize: number): Promise<void> {
    const object = samplePod('p0');
    const missing = frameSize - JSON.stringify({ type: 'ADDED', object }).length - 1;
    (object.metadata as unknown as { annotations: Record<string, string> }).annotations['note'] = 'x'.repeat(200 + Math.max(0, missing));
    for (let sent = 0; sent < count; sent += 10) {
      const frames: string[] = [];
      for (let i = sent; i < Math.min(count, sent + 10); i++) frames.push(`${JSON.stringify({ type: 'ADDED', object })}\n`);
      const chunk = Buffer.from(frames.join(''));
      for (const watcher of this.#watchers) watcher.write(chunk);
      await oneTurn();
    }
  }
}

/** Lets the event loop turn once. */
export function oneTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
