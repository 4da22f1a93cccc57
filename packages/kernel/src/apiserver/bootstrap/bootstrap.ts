import { findKind, objectKey } from '@keelson/api';
import type { ApiContext } from '../context.ts';
import { bootstrapPolicy, planBootstrap, type BootstrapObject, type RbacObject } from '../authorization/index.ts';
import { timestamp } from '../handlers/timestamp.ts';
import { serializeObject } from '../registry/object-codec.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { Compare, Op } from '../../storage/index.ts';
import { systemObjects } from './system-objects.ts';

/** etcd refuses transactions of more than 128 operations. */
const batchSize = 100;

/** The default policy does not change while a process runs. */
let policy: readonly BootstrapObject[] | undefined;

/**
 * Stored bytes that were written as the policy wants them. A fork shares them with the cluster it comes from, and need
 * not parse and compare a hundred objects again.
 */
const upToDate = new WeakSet<Buffer>();

/**
 * Brings the objects that every cluster has up to date: all missing ones go to the store in a few transactions, not
 * one request each. Another server that does the same at the same time wins or loses whole batches; losing is fine,
 * the objects are there then.
 */
export async function bootstrapObjects(context: ApiContext): Promise<void> {
  const writes: { readonly compare: Compare; readonly op: Op & { readonly type: 'put' } }[] = [];
  const put = (object: MutableObject, revision: number): void => {
    const storage = storageFor(context, object);
    const key = storage.prefix + objectKey(object);
    writes.push({ compare: { key, modRevision: revision }, op: { type: 'put', key, value: serializeObject(storage.kind, object) } });
  };
  const find = (object: MutableObject) => storageFor(context, object).cache.get(objectKey(object));
  for (const { kind } of systemObjects()) await storageFor(context, { apiVersion: kind.apiVersion, kind: kind.kind } as MutableObject).cache.ready();
  for (const { object } of systemObjects()) if (find(object) === undefined) put(fresh(context, object), 0);
  const unsure = (policy ??= bootstrapPolicy()).filter((object) => !upToDate.has(find(object as never)?.bytes as Buffer));
  const plan = planBootstrap(unsure, (object) => find(object as never)?.object as RbacObject | undefined);
  for (const object of plan.create) put(fresh(context, object as unknown as MutableObject), 0);
  for (const object of plan.update) put(structuredClone(object) as unknown as MutableObject, find(object as never)!.revision);
  for (const { remove, create } of plan.recreate) put(fresh(context, create as unknown as MutableObject), find(remove as never)!.revision);
  let revision = 0;
  for (let at = 0; at < writes.length; at += batchSize) {
    const batch = writes.slice(at, at + batchSize);
    const result = await context.store.txn({ compare: batch.map(({ compare }) => compare), ops: batch.map(({ op }) => op) });
    revision = result.revision;
    if (result.ok) for (const { op } of batch) upToDate.add(op.value);
  }
  // What was written must be in force before the first request.
  for (const storage of new Set(writes.length === 0 ? [] : context.registry.storages())) {
    if (storage.cache.revision > 0) await storage.cache.reached(revision);
  }
}

function storageFor(context: ApiContext, object: Pick<MutableObject, 'apiVersion' | 'kind'>) {
  const [group, version] = object.apiVersion.includes('/') ? (object.apiVersion.split('/') as [string, string]) : ['', object.apiVersion];
  const kind = findKind(group, version, object.kind);
  const storage = kind === undefined ? undefined : context.registry.find(kind.group, kind.version, kind.plural)?.storage;
  if (storage === undefined) throw new Error(`kind ${object.kind} of ${object.apiVersion} is not served`);
  return storage;
}

function fresh(context: ApiContext, object: MutableObject): MutableObject {
  return { ...object, metadata: { ...object.metadata, uid: context.random.uuid(), creationTimestamp: timestamp(context) } } as MutableObject;
}
