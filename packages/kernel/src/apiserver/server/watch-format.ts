import { formatTraceparent } from '@keelson/telemetry';
import type { CachedObject, FrameFormat, ViewEvent } from '../../watch/index.ts';
import type { ApiContext } from '../context.ts';
import type { ApiRequest } from '../request.ts';
import { negotiate, partialMetadata } from '../table/index.ts';
import { bytesOf, objectOf, tableOf } from './render.ts';

/** How one watch writes its events. */
export interface WatchFormat extends FrameFormat {
  readonly contentType: string;
  /** Frame of an object that was there before the watch began. */
  initial(object: CachedObject): Buffer;
  bookmark(revision: number, initialEnd: boolean): Buffer;
}

const addedHead = Buffer.from('{"type":"ADDED","object":');
const tail = Buffer.from('}\n');

/** Chooses the format by the Accept header. Errors: 406. */
export function watchFormat(context: ApiContext, request: ApiRequest, accept: string, causes: boolean): WatchFormat {
  // Clients of streams name the framing (`;stream=watch`); JSON lines are the only one here.
  const form = negotiate(accept.replaceAll(';stream=watch', ''), 'object');
  const { kind, conversion } = request.resource;
  const version = form.version ?? 'v1';
  const include = request.query.get('includeObject');
  const wrap = (type: string, object: object): Buffer => Buffer.from(`{"type":"${type}","object":${JSON.stringify(object)}}\n`);
  const emptyObject = { kind: kind.kind, apiVersion: kind.apiVersion };
  const bookmarkMetadata = (revision: number, initialEnd: boolean) => ({
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  });
  if (form.as === 'Table') {
    const table = (object: CachedObject) => {
      const parsed = objectOf(object, conversion);
      return tableOf(request.resource, [parsed], { resourceVersion: parsed.metadata.resourceVersion }, { include, version, now: context.clock.now() });
    };
    return {
      key: `table ${kind.apiVersion} ${version} ${include ?? ''}`,
      contentType: 'application/json',
      encode: (event) => wrap(event.type, table(event.object)),
      initial: (object) => wrap('ADDED', table(object)),
      bookmark: (revision, end) => {
        const carrier = { ...emptyObject, metadata: bookmarkMetadata(revision, end) };
        const row = { cells: [], object: include === 'Object' ? carrier : partialMetadata(carrier, version) };
        return wrap('BOOKMARK', { kind: 'Table', apiVersion: `meta.k8s.io/${version}`, metadata: { resourceVersion: String(revision) }, columnDefinitions: null, rows: include === 'None' ? [] : [row] });
      },
    };
  }
  if (form.as === 'PartialObjectMetadata') {
    const partial = (object: CachedObject) => partialMetadata(objectOf(object, conversion), version);
    return {
      key: `metadata ${kind.apiVersion} ${version}`,
      contentType: 'application/json',
      encode: (event) => wrap(event.type, partial(event.object)),
      initial: (object) => wrap('ADDED', partial(object)),
      bookmark: (revision, end) => wrap('BOOKMARK', partialMetadata({ metadata: bookmarkMetadata(revision, end) }, version)),
    };
  }
  const encode = conversion === undefined ? (event: ViewEvent) => event.frame() : (event: ViewEvent) => wrap(event.type, objectOf(event.object, conversion));
  return {
    key: `json ${kind.apiVersion}${causes ? ' causes' : ''}`,
    contentType: 'application/json',
    encode: causes ? (event) => withCause(encode(event), event) : encode,
    initial: (object) => Buffer.concat([addedHead, bytesOf(object, conversion), tail]),
    bookmark: (revision, end) => wrap('BOOKMARK', { ...emptyObject, metadata: bookmarkMetadata(revision, end) }),
  };
}

/** Adds the cause of the write as one more member of the frame, for clients that asked for it. */
function withCause(frame: Buffer, event: ViewEvent): Buffer {
  if (event.cause === undefined) return frame;
  return Buffer.concat([frame.subarray(0, frame.length - 2), Buffer.from(`,"cause":"${formatTraceparent(event.cause)}"}\n`)]);
}
