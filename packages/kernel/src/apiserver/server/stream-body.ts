import { createGzip } from 'node:zlib';
import type { HttpExchange, ResponseHeaders } from './http-exchange.ts';

/** Small enough to be copied and encrypted while it is in the processor's cache, and to hold nobody else up. */
const pieceBytes = 256 * 1024;
/** Pieces written before others get their turn: some milliseconds of encrypting. */
const piecesPerTurn = 8;
/** What may wait for the network before the next piece is made: enough that it never runs dry. */
const aheadBytes = 512 * 1024;

/**
 * Sends a large body piece by piece, as fast as the network takes it: made and encrypted in one go, a list of 100,000
 * objects would stop the whole server for seconds and need its size in memory a second time.
 */
export function streamBody(exchange: HttpExchange, code: number, headers: ResponseHeaders, body: { readonly parts: readonly Buffer[]; readonly size: number; readonly compressed: boolean; readonly nextTurn?: (() => Promise<void>) | undefined }): void {
  if (body.compressed) {
    streamCompressed(exchange, code, headers, body.parts);
    return;
  }
  const stream = exchange.open(code, { ...headers, 'content-length': body.size });
  const pieces = piecesOf(body.parts);
  let gone = false;
  stream.onClose(() => {
    gone = true;
  });
  const send = (): void => {
    for (let left = piecesPerTurn; !gone; left--) {
      // A network that takes everything at once would keep the server busy with this one answer.
      if (left === 0 && body.nextTurn !== undefined) {
        void body.nextTurn().then(send);
        return;
      }
      if (stream.backlog > aheadBytes) {
        stream.onDrain(send);
        return;
      }
      const { value } = pieces.next();
      if (value === undefined) {
        stream.end();
        return;
      }
      stream.write(value);
    }
  };
  send();
}

function streamCompressed(exchange: HttpExchange, code: number, headers: ResponseHeaders, parts: readonly Buffer[]): void {
  const stream = exchange.open(code, { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  const pieces = piecesOf(parts);
  const gzip = createGzip({ level: 1 });
  stream.onClose(() => {
    gzip.destroy();
  });
  gzip.on('error', () => {
    stream.end();
  });
  gzip.on('data', (chunk: Buffer) => {
    stream.write(chunk);
    if (stream.backlog <= aheadBytes) return;
    gzip.pause();
    stream.onDrain(() => gzip.resume());
  });
  gzip.on('end', () => {
    stream.end();
  });
  const feed = (): void => {
    const { value } = pieces.next();
    if (value === undefined) gzip.end();
    else gzip.write(value, feed);
  };
  feed();
}

/** Joins parts into pieces of about the wanted size, the last one smaller. */
export function* piecesOf(parts: readonly Buffer[]): Generator<Buffer, undefined> {
  let from = 0;
  let size = 0;
  for (let i = 0; i < parts.length; i++) {
    size += parts[i]!.length;
    if (size < pieceBytes && i < parts.length - 1) continue;
    yield from === i ? parts[i]! : Buffer.concat(parts.slice(from, i + 1), size);
    from = i + 1;
    size = 0;
  }
  return undefined;
}
