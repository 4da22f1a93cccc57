import { formatTraceparent } from '@keelson/telemetry';
import type { CachedObject, FrameFormat, ViewEvent } from '../../watch/index.ts';
import type { ApiContext } from '../context.ts';
import type { ApiRequest } from '../request.ts';
import { negotiate, partialMetadata, protobufType } from '../table/index.ts';
import { protobufCached, protobufFrame, protobufObject } from './protobuf-reply.ts';
import { bytesOf, objectOf, tableOf } from './render.ts';

/** How one watch writes its events. */
export interface WatchFormat extends FrameFormat {
  readonly contentType: string;
  /** Frame of an object that was there before the watch began. */
  initial(object: CachedObject): Buffer;
  bookmark(revision: number, initialEnd: boolean): Buffer;
  /** Last frame of a watch that cannot go on. */
  error(status: object): Buffer;
}

const addedHead = Buffer.from('{"type":"ADDED","object":');
const tail = Buffer.from('}\n');

/** Chooses the format by the Accept header. Errors: 406. */
export function watchFormat(context: ApiContext, request: ApiRequest, accept: string, causes: boolean): WatchFormat {
  // Clients of streams name the framing (`;stream=watch`); each format has one only.
  const { resource } = request;
  const { kind, conversion } = resource;
  const form = negotiate(accept.replaceAll(';stream=watch', ''), 'object', kind.definition !== '');
  const version = form.version ?? 'v1';
  const include = request.query.get('includeObject');
  const wrap = (type: string, object: object): Buffer => Buffer.from(`{"type":"${type}","object":${JSON.stringify(object)}}\n`);
  const emptyObject = { kind: kind.kind, apiVersion: kind.apiVersion };
  const bookmarkMetadata = (revision: number, initialEnd: boolean) => ({
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  });
  const error = (status: object): Buffer => wrap('ERROR', status);
  if (form.format === 'protobuf') {
    const body = form.as === undefined
      ? (object: CachedObject) => protobufCached(context, resource, object)
      : (object: CachedObject) => protobufObject(partialMetadata(objectOf(object, conversion), version));
    return {
      key: `protobuf ${form.as === undefined ? '' : version} ${kind.apiVersion}`,
      contentType: `${protobufType};stream=watch`,
      encode: (event) => protobufFrame(event.type, body(event.object)),
      initial: (object) => protobufFrame('ADDED', body(object)),
      bookmark: (revision, end) => {
        const carrier = { ...emptyObject, metadata: bookmarkMetadata(revision, end) };
        return protobufFrame('BOOKMARK', protobufObject(form.as === undefined ? carrier : partialMetadata(carrier, version)));
      },
      error: (status) => protobufFrame('ERROR', protobufObject(status)),
    };
  }
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
      error,
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
      error,
    };
  }
  const encode = conversion === undefined ? (event: ViewEvent) => event.frame() : (event: ViewEvent) => wrap(event.type, objectOf(event.object, conversion));
  return {
    key: `json ${kind.apiVersion}${causes ? ' causes' : ''}`,
    contentType: 'application/json',
    encode: causes ? (event) => withCause(encode(event), event) : encode,
    ...(causes || conversion !== undefined ? {} : { pieces: (event: ViewEvent) => event.pieces() }),
    initial: (object) => Buffer.concat([addedHead, bytesOf(object, conversion), tail]),
    bookmark: (revision, end) => wrap('BOOKMARK', { ...emptyObject, metadata: bookmarkMetadata(revision, end) }),
    error,
  };
}

/** Adds the cause of the write as one more member of the frame, for clients that asked for it. */
function withCause(frame: Buffer, event: ViewEvent): Buffer {
  if (event.cause === undefined) return frame;
  return Buffer.concat([frame.subarray(0, frame.length - 2), Buffer.from(`,"cause":"${formatTraceparent(event.cause)}"}\n`)]);
}
