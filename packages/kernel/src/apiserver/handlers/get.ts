import { objectKey } from '@keelson/api';
import type { ApiContext } from '../context.ts';
import { badRequest, noSuchPath, notFound } from '../api-errors.ts';
import type { ApiRequest, Reply } from '../request.ts';
import type { ResourceStorage } from '../registry/served-resource.ts';
import { awaitRevision, parseRevision } from './revision.ts';

/** GET of one object: its stored bytes, from the cache. */
export async function getObject(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const storage = storageOf(request);
  const revision = request.query.get('resourceVersion');
  if (request.query.get('resourceVersionMatch') !== undefined) {
    throw badRequest('resourceVersionMatch is forbidden for get');
  }
  if (revision !== undefined && revision !== '' && revision !== '0') await awaitRevision(context, storage, parseRevision(revision));
  const cached = storage.cache.get(keyOf(request));
  if (cached === undefined) throw notFound(request.resource.kind, request.name!);
  return { type: 'cached', code: 200, kind: request.resource.kind, cached };
}

/** Storage of a request's resource; only for kinds that are stored. */
export function storageOf(request: Pick<ApiRequest, 'resource'>): ResourceStorage {
  const { storage } = request.resource;
  if (storage === undefined) throw noSuchPath();
  return storage;
}

/** Cache key of the object that a request names. */
export function keyOf(request: Pick<ApiRequest, 'namespace' | 'name'>): string {
  return objectKey({ namespace: request.namespace, name: request.name! });
}
