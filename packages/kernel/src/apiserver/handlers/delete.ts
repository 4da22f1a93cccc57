import type { KubeObject, Status } from '@keelson/api';
import type { ApiContext } from '../context.ts';
import { conflict, notFound } from '../api-errors.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';
import { serializeObject } from '../registry/object-codec.ts';
import { gracePeriodOf, returnsDeletedObject } from '../registry/strategy.ts';
import type { CachedObject } from '../../watch/index.ts';
import { isDryRun } from './body.ts';
import { timestamp } from './timestamp.ts';
import { deleteOptions, type DeleteRequest } from './delete-options.ts';
import { keyOf, storageOf } from './get.ts';

/** A deletion races with updates of the same object; it wins in the end. */
const deleteTries = 16;

/** DELETE of one object: at once, or marked until its grace period and finalizers are over. */
export async function deleteObject(context: ApiContext, request: ApiRequest): Promise<Reply> {
  return deleteWith(context, request, deleteOptions(request));
}

/** The same with options already read; also what deletecollection and eviction do. */
export async function deleteWith(context: ApiContext, request: ApiRequest, options: DeleteRequest): Promise<Reply> {
  const storage = storageOf(request);
  for (let attempt = 1; ; attempt++) {
    const current = storage.cache.get(keyOf(request));
    if (current === undefined) throw notFound(request.resource.kind, request.name!);
    const reply = await tryDelete(context, request, options, current);
    if (reply !== undefined) return reply;
    if (attempt === deleteTries || options.resourceVersion !== undefined) {
      throw conflict(request.resource.kind, request.name!, 'the object has been modified; please apply your changes to the latest version and try again');
    }
  }
}

async function tryDelete(context: ApiContext, request: ApiRequest, options: DeleteRequest, current: CachedObject): Promise<Reply | undefined> {
  const { kind } = request.resource;
  const storage = storageOf(request);
  const old = current.object as MutableObject;
  checkPreconditions(request, options, current);
  const dryRun = isDryRun(request) || options.dryRun;
  const admission = {
    operation: 'DELETE' as const, kind, subresource: '', namespace: request.namespace, name: request.name, object: undefined,
    oldObject: served(request, old) as KubeObject, user: request.user, dryRun, warn: request.warn,
  };
  await context.admission.mutate(admission, context.lookup);
  await context.admission.validate(admission, context.lookup);

  const marked = JSON.parse(current.bytes.toString('utf8')) as MutableObject;
  const changed = markForDeletion(context, request, options, marked);
  const waits = (marked.metadata.finalizers?.length ?? 0) > 0 || (marked.metadata.deletionGracePeriodSeconds ?? 0) > 0 || context.hooks.get(kind)?.holdsDeletion?.(marked) === true;
  if (waits) {
    if (!changed || dryRun) return { type: 'object', code: 200, object: served(request, marked) };
    const written = await context.objects.replace(storage, current.key, current.revision, serializeObject(storage.kind, marked));
    return written === undefined ? undefined : { type: 'cached', code: 200, kind, cached: written };
  }
  if (dryRun) return gone(request, old, undefined);
  const removed = await context.objects.remove(storage, current.key, current.revision);
  return removed === undefined ? undefined : gone(request, old, removed.revision);
}

/** Sets what a deletion sets; false if the object was marked in the same way before. */
function markForDeletion(context: ApiContext, request: ApiRequest, options: DeleteRequest, object: MutableObject): boolean {
  const meta = object.metadata;
  const grace = gracePeriodOf(request.resource.kind, object, options.gracePeriodSeconds);
  const finalizers = deletionFinalizers(meta.finalizers ?? [], options);
  const finalizersChanged = finalizers.join() !== (meta.finalizers ?? []).join();
  if (finalizersChanged) {
    if (finalizers.length === 0) delete meta.finalizers;
    else meta.finalizers = finalizers;
  }
  if (meta.deletionTimestamp !== undefined) {
    const present = meta.deletionGracePeriodSeconds ?? 0;
    // A grace period can only become shorter, and not by leaving it out.
    if (options.gracePeriodSeconds === undefined || grace >= present) return finalizersChanged;
    meta.deletionGracePeriodSeconds = grace;
    meta.deletionTimestamp = secondsFromNow(context, grace);
    return true;
  }
  meta.deletionTimestamp = grace > 0 ? secondsFromNow(context, grace) : timestamp(context);
  meta.deletionGracePeriodSeconds = grace;
  if (meta.generation !== undefined) meta.generation += 1;
  context.hooks.get(request.resource.kind)?.beginDeletion?.(object);
  return true;
}

/** Foreground and orphan deletion leave their work to the garbage collector, by a finalizer each. */
function deletionFinalizers(present: readonly string[], options: DeleteRequest): string[] {
  const policy = options.propagationPolicy;
  const orphan = policy === undefined ? present.includes('orphan') : policy === 'Orphan';
  const foreground = policy === undefined ? present.includes('foregroundDeletion') : policy === 'Foreground';
  const others = present.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion');
  return [...others, ...(orphan ? ['orphan'] : []), ...(foreground ? ['foregroundDeletion'] : [])];
}

function checkPreconditions(request: ApiRequest, options: DeleteRequest, current: CachedObject): void {
  const { kind } = request.resource;
  if (options.uid !== undefined && options.uid !== current.object.metadata.uid) {
    throw conflict(kind, request.name!, `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${current.object.metadata.uid ?? ''}`);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== String(current.revision)) {
    throw conflict(kind, request.name!, `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${current.revision}`);
  }
}

function gone(request: ApiRequest, old: MutableObject, revision: number | undefined): Reply {
  const { kind } = request.resource;
  if (returnsDeletedObject(kind)) {
    const object = served(request, old);
    return { type: 'object', code: 200, object: revision === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } } };
  }
  const status: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: request.name!, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural, ...(old.metadata.uid === undefined ? {} : { uid: old.metadata.uid }) },
  };
  return { type: 'object', code: 200, object: status };
}

function served(request: ApiRequest, stored: MutableObject): MutableObject {
  const { conversion } = request.resource;
  return conversion === undefined ? stored : conversion.fromStorage(stored);
}

function secondsFromNow(context: ApiContext, seconds: number): string {
  return `${new Date(context.clock.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
}

