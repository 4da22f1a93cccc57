import { dump } from 'js-yaml';
import type { Kind, KubeObject } from '@keelson/api';
import { StatusError } from '@keelson/sdk';
import type { ApiContext } from '../context.ts';
import type { Conversion } from '../registry/conversion.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { MutableObject } from '../mutable-object.ts';
import { maxYamlNesting, nestingOf } from '../nesting.ts';
import type { ApiRequest, ListReply, Reply } from '../request.ts';
import { negotiate, parseIncludeObject, partialMetadata, partialMetadataList, protobufType, renderTable, type ResponseForm } from '../table/index.ts';
import type { CachedObject } from '../../watch/index.ts';
import type { HttpExchange } from './http-exchange.ts';
import { hasMessages, isMessage, protobufCached, protobufList, protobufObject } from './protobuf-reply.ts';
import { sendJson, sendText } from './respond.ts';
import { loadColumns, rowSource } from './row-source.ts';

const comma = Buffer.from(',');
const listEnd = Buffer.from(']}\n');
/** Items of a list that are put together before others get their turn. */
const itemsPerTurn = 16_384;

/** Sends a handler's reply in the form that the client accepts, at once where nothing has to be loaded. Throws or rejects: 406. */
export function renderReply(exchange: HttpExchange, request: ApiRequest, reply: Reply, context: ApiContext, warnings: readonly string[]): void | Promise<void> {
  if (reply.type === 'text') {
    sendText(exchange, reply.code, reply.text);
    return;
  }
  const form = negotiate(exchange.header('accept'), reply.type === 'list' ? 'list' : 'object', hasMessages(request.resource, reply));
  if (form.as !== undefined || form.format !== 'json' || reply.type === 'list') return renderForm(exchange, request, reply, { form, context, warnings });
  sendJson(exchange, reply.code, plainBody(request, reply), warnings);
}

interface Rendering {
  readonly form: ResponseForm;
  readonly context: ApiContext;
  readonly warnings: readonly string[];
}

async function renderForm(exchange: HttpExchange, request: ApiRequest, reply: Exclude<Reply, { type: 'text' }>, { form, context, warnings }: Rendering): Promise<void> {
  if (form.as === undefined && form.format === 'json' && reply.type === 'list') {
    sendJson(exchange, 200, await listBody(request, reply.list, context), warnings, 'application/json', context.nextTurn);
    return;
  }
  if (form.as === undefined && form.format === 'protobuf') {
    sendJson(exchange, reply.type === 'list' ? 200 : reply.code, [protobufBody(request, reply, context)], warnings, protobufType);
    return;
  }
  if (form.as === 'Table') await loadColumns();
  const value = form.as === undefined ? JSON.parse(Buffer.concat(reply.type === 'list' ? await listBody(request, reply.list, context) : plainBody(request, reply)).toString('utf8')) as object : convertedReply(request, reply, form, context);
  const code = reply.type === 'list' ? 200 : reply.code;
  if (form.format === 'yaml') sendJson(exchange, code, [yamlBody(value)], warnings, 'application/yaml');
  else if (form.format === 'protobuf' && isMessage(value)) sendJson(exchange, code, [protobufObject(value)], warnings, protobufType);
  else sendJson(exchange, code, [Buffer.from(JSON.stringify(value))], warnings);
}

function yamlBody(value: object): Buffer {
  if (nestingOf(value) > maxYamlNesting) throw new StatusError('NotAcceptable', `the object nests more than ${maxYamlNesting} levels, which is too much for application/yaml: ask for application/json`);
  return Buffer.from(dump(value, { lineWidth: -1, noRefs: true }));
}

/** The stored bytes spliced into the answer; nothing is serialized again. */
function plainBody(request: ApiRequest, reply: Extract<Reply, { type: 'cached' | 'object' }>): Buffer[] {
  return [reply.type === 'cached' ? bytesOf(reply.cached, request.resource.conversion) : Buffer.from(JSON.stringify(reply.object))];
}

/** The same for a list, in turns. */
async function listBody(request: ApiRequest, list: ListReply, context: ApiContext): Promise<Buffer[]> {
  const { conversion } = request.resource;
  const parts: Buffer[] = [listHead(list)];
  let left = itemsPerTurn;
  for (const item of list.items) {
    if (left-- === 0) {
      await context.nextTurn();
      left = itemsPerTurn;
    }
    if (parts.length > 1) parts.push(comma);
    parts.push(bytesOf(item, conversion));
  }
  parts.push(listEnd);
  return parts;
}

function protobufBody({ resource }: ApiRequest, reply: Exclude<Reply, { type: 'text' }>, context: ApiContext): Buffer {
  switch (reply.type) {
    case 'cached':
      return protobufCached(context, resource, reply.cached);
    case 'object':
      return protobufObject(reply.object);
    case 'list':
      return protobufList(context, resource, reply.list, listMetadata(reply.list));
  }
}

function listHead(list: ListReply): Buffer {
  return Buffer.from(`{"kind":"${list.kind.listKind}","apiVersion":"${list.kind.apiVersion}","metadata":${JSON.stringify(listMetadata(list))},"items":[`);
}

function listMetadata(list: ListReply): Record<string, unknown> {
  return {
    resourceVersion: String(list.revision),
    ...(list.continue === undefined ? {} : { continue: list.continue }),
    ...(list.remaining === undefined ? {} : { remainingItemCount: list.remaining }),
  };
}

function convertedReply(request: ApiRequest, reply: Exclude<Reply, { type: 'text' }>, form: ResponseForm, context: ApiContext): object {
  const version = form.version ?? 'v1';
  const { kind, conversion } = request.resource;
  if (reply.type === 'object' && ![kind.kind, kind.listKind].includes((reply.object as KubeObject).kind)) return reply.object; // a Status
  const objects = objectsOf(reply, kind, conversion);
  const metadata = reply.type === 'list' ? listMetadata(reply.list) : { resourceVersion: objects[0]?.metadata.resourceVersion };
  if (form.as === 'Table') return tableOf(request.resource, objects, metadata, { include: request.query.get('includeObject'), version, now: context.clock.now() });
  return form.as === 'PartialObjectMetadataList' ? partialMetadataList(objects, { metadata, version }) : partialMetadata(objects[0]!, version);
}

/** The objects of a reply; a handler may have made a list of its own, of objects that are not stored. */
function objectsOf(reply: Exclude<Reply, { type: 'text' }>, kind: Kind, conversion: Conversion | undefined): KubeObject[] {
  if (reply.type === 'list') return reply.list.items.map((item) => objectOf(item, conversion));
  if (reply.type === 'cached') return [objectOf(reply.cached, conversion)];
  const object = reply.object as KubeObject & { items?: KubeObject[] };
  return object.kind === kind.listKind ? (object.items ?? []) : [object];
}

/** A Table of objects; `loadColumns` must have resolved before. */
export function tableOf(
  resource: Pick<ServedResource, 'kind' | 'custom'>,
  objects: readonly KubeObject[],
  metadata: Record<string, unknown>,
  options: { readonly include: string | undefined; readonly version: 'v1' | 'v1beta1'; readonly now: number },
): object {
  return renderTable(objects, { rows: rowSource(resource), include: parseIncludeObject(options.include), version: options.version, now: options.now, metadata });
}

/** Bytes of a stored object in the served kind. */
export function bytesOf(cached: CachedObject, conversion: Conversion | undefined): Buffer {
  return conversion === undefined ? cached.bytes : Buffer.from(JSON.stringify(objectOf(cached, conversion)));
}

/** A stored object, parsed, in the served kind. */
export function objectOf(cached: CachedObject, conversion: Conversion | undefined): KubeObject {
  return conversion === undefined ? cached.object : conversion.fromStorage(cached.object as MutableObject);
}
