import type { KubeObject, Status } from '@keelson/api';
import { statusErrorFrom, type WatchEvent } from '@keelson/sdk';
import { parseTraceparent } from '@keelson/telemetry';
import { deepFreeze } from '../freeze.ts';

/** A line of a watch: an event, or the error that ends it. */
export type WatchFrame = { readonly event: WatchEvent<KubeObject> } | { readonly error: Error };

/** Reads a parsed line. `cause` is an extra member that Keelson's servers add for clients that ask for it. */
export function watchFrame(line: unknown): WatchFrame {
  const { type, object, cause } = line as { type?: string; object?: KubeObject; cause?: string };
  if (type === 'ERROR') return { error: statusErrorFrom(object as unknown as Status) };
  if (object === undefined || (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED' && type !== 'BOOKMARK')) {
    return { error: new Error(`watch frame of type ${String(type)} is not understood`) };
  }
  const span = typeof cause === 'string' ? parseTraceparent(cause) : undefined;
  return { event: { type, object: deepFreeze(object), resourceVersion: object.metadata.resourceVersion, ...(span === undefined ? {} : { cause: span }) } };
}
