import type { ApiContext } from '../context.ts';
import { methodNotAllowed, noSuchPath } from '../api-errors.ts';
import { createObject, deleteCollection, deleteObject, getObject, listObjects, patchObject, updateObject } from '../handlers/index.ts';
import type { ApiRequest, Reply } from '../request.ts';

/** Answers one subresource or one kind that is not stored. */
export type Handler = (context: ApiContext, request: ApiRequest) => Promise<Reply> | Reply;

/** Handlers beyond the generic ones, by `group/plural[/subresource]`; `*` stands for every kind that has the subresource. */
export class SpecialHandlers {
  readonly #handlers = new Map<string, Handler>();

  set(key: string, handler: Handler): void {
    this.#handlers.set(key, handler);
  }

  find(request: ApiRequest): Handler | undefined {
    const { group, plural } = request.resource.kind;
    if (request.subresource === '') return this.#handlers.get(`${group}/${plural}`);
    return this.#handlers.get(`${group}/${plural}/${request.subresource}`) ?? this.#handlers.get(`*/${request.subresource}`);
  }
}

/** Runs a resource request that has been authorized. Throws or rejects: StatusError. */
export function dispatch(context: ApiContext, special: SpecialHandlers, request: ApiRequest): Promise<Reply> | Reply {
  const { kind, storage, custom } = request.resource;
  if (custom?.warning !== undefined) request.warn(custom.warning);
  if (request.subresource !== '') {
    const declared = kind.subresources.find(({ name }) => name === request.subresource);
    if (declared === undefined) throw noSuchPath();
    if (!declared.verbs.includes(request.verb)) throw methodNotAllowed();
  } else if (!kind.verbs.includes(request.verb)) throw methodNotAllowed();
  if (storage === undefined || storage.cache.loaded) return handle(context, special, request);
  return storage.cache.ready().then(() => handle(context, special, request));
}

function handle(context: ApiContext, special: SpecialHandlers, request: ApiRequest): Promise<Reply> | Reply {
  const handler = special.find(request);
  if (handler !== undefined) return handler(context, request);
  switch (request.verb) {
    case 'get':
      return getObject(context, request);
    case 'list':
      return listObjects(context, request);
    case 'create':
      return createObject(context, request);
    case 'update':
      return updateObject(context, request);
    case 'patch':
      return patchObject(context, request);
    case 'delete':
      return deleteObject(context, request);
    case 'deletecollection':
      return deleteCollection(context, request);
    case 'watch':
      throw noSuchPath(); // watches are streams: the transports plan and run them
  }
}
