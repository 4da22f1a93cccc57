import { encode, encodeList, encodeMessage, encodeWatchFrame, hasProtobufForm, wrapMessage } from '@keelson/api/protobuf';
import type { CachedObject } from '../../watch/index.ts';
import type { ApiContext } from '../context.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { ListReply, Reply } from '../request.ts';

/** Whether an answer has a protobuf form: built-in kinds do, custom ones do not. */
export function hasMessages(resource: ServedResource, reply: Exclude<Reply, { type: 'text' }>): boolean {
  return reply.type === 'object' ? isMessage(reply.object) : resource.kind.definition !== '';
}

/** Whether the object's kind has a protobuf form. */
export function isMessage(object: object): boolean {
  const { apiVersion, kind } = object as { apiVersion?: unknown; kind?: unknown };
  return typeof apiVersion === 'string' && typeof kind === 'string' && hasProtobufForm(apiVersion, kind);
}

/** Any object as protobuf. */
export function protobufObject(object: object): Buffer {
  return asBuffer(encode(object));
}

/** A stored object in the served kind. */
export function protobufCached(context: ApiContext, resource: ServedResource, cached: CachedObject): Buffer {
  return asBuffer(wrapMessage(resource.kind, messageOf(context, resource, cached)));
}

/** A list of stored objects in the served kind. */
export function protobufList(context: ApiContext, resource: ServedResource, list: ListReply, metadata: Record<string, unknown>): Buffer {
  const messages = list.items.map((item) => messageOf(context, resource, item));
  return asBuffer(encodeList({ apiVersion: list.kind.apiVersion, kind: list.kind.listKind }, metadata, messages));
}

/** One event of a watch, framed. */
export function protobufFrame(type: string, object: Buffer): Buffer {
  return asBuffer(encodeWatchFrame({ type, object }));
}

function messageOf(context: ApiContext, { conversion }: ServedResource, cached: CachedObject): Uint8Array {
  return conversion === undefined ? context.messages.of(cached) : encodeMessage(conversion.fromStorage(cached.object as MutableObject));
}

/** The same memory, not a copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
