import { StatusError } from '@keelson/sdk';
import type { ApiContext } from '../context.ts';
import { badRequest } from '../api-errors.ts';
import type { ResourceStorage } from '../registry/served-resource.ts';

/** How long a read may wait for a revision that the server has not seen yet; upstream waits as long. */
const patienceMs = 3_000;

/** A resourceVersion parameter as a number. Errors: 400. */
export function parseRevision(text: string): number {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw badRequest(`Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** Resolves when the cache is not older than `revision`. Errors: 504 with cause ResourceVersionTooLarge. */
export async function awaitRevision(context: ApiContext, storage: ResourceStorage, revision: number): Promise<void> {
  const reached = storage.cache.reached(revision);
  if (reached === undefined) return;
  const current = storage.cache.revision;
  const patience = new AbortController();
  const tooLarge = context.clock.sleep(patienceMs, patience.signal).then(() => {
    throw new StatusError('Timeout', `Too large resource version: ${revision}, current: ${current}`, {
      retryAfterSeconds: 1,
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    });
  });
  try {
    await Promise.race([reached, tooLarge]);
  } finally {
    tooLarge.catch(() => undefined); // the race is over; the aborted sleep has nobody to tell
    patience.abort();
  }
}
