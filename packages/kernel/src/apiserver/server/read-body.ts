import type { Readable } from 'node:stream';
import { StatusError } from '@keelson/sdk';
import { RequestAborted } from './http-exchange.ts';

/** Collects a request body. Errors: 413 past `limit`, `RequestAborted`. */
export function readBody(source: Readable, declared: string | undefined, limit: number): Promise<Buffer> {
  if (declared !== undefined && Number(declared) > limit) {
    source.resume();
    return Promise.reject(tooLarge(limit));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    source.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        source.removeAllListeners('data');
        source.resume();
        reject(tooLarge(limit));
        return;
      }
      chunks.push(chunk);
    });
    let complete = false;
    source.on('end', () => {
      complete = true;
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    // 'close' follows every request, also the good ones.
    source.on('close', () => {
      if (!complete) reject(new RequestAborted());
    });
  });
}

function tooLarge(limit: number): StatusError {
  return new StatusError('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
}
