import { objectKey, type StatusCause } from '@keelson/api';
import { generateName, isValidGenerateName } from '../registry/names.ts';
import type { ApiContext } from '../context.ts';
import { alreadyExists, badRequest, invalid } from '../api-errors.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';
import { serializeObject, storedObject } from '../registry/object-codec.ts';
import { prepareForCreate, validateForCreate, withDefaults } from '../registry/strategy.ts';
import { decodeBody, isDryRun } from './body.ts';
import { createdOwnership, recordManager } from './field-ownership.ts';
import { storageOf } from './get.ts';
import { timestamp } from './timestamp.ts';

/** How often a generated name that is taken is tried anew, as upstream. */
const generateNameTries = 8;

/** POST to a collection. Throws or rejects: StatusError. */
export function createObject(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const { kind } = request.resource;
  const object = decodeBody(request, kind);
  checkNamespace(object, request);
  if (object.metadata.resourceVersion !== undefined && object.metadata.resourceVersion !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  return createDecoded(context, request, object, isDryRun(request));
}

/** The rest of a create, for a decoded object; also what apply and create-on-update do. */
export async function createDecoded(context: ApiContext, request: ApiRequest, object: MutableObject, dryRun: boolean, applied = false): Promise<Reply> {
  const { kind, conversion } = request.resource;
  const storage = storageOf(request);
  withDefaults(kind, object);
  stampNewObject(context, request, object);
  const admission = {
    operation: 'CREATE' as const, kind, subresource: '', namespace: request.namespace, name: object.metadata.name || undefined,
    object, oldObject: undefined, user: request.user, dryRun, warn: request.warn,
  };
  const mutated = context.admission.mutate(admission, context.lookup);
  if (mutated !== undefined) await mutated;
  prepareForCreate(kind, object);
  context.rbacGuard.check(request, object, undefined);
  const generated = object.metadata.name === undefined || object.metadata.name === '';
  for (let attempt = 1; ; attempt++) {
    if (generated && isValidGenerateName(object.metadata.generateName)) object.metadata.name = generateName(object.metadata.generateName, context.random);
    const undo = context.hooks.get(kind)?.beforeCreate?.(object, { random: context.random, user: request.user }, dryRun);
    try {
      failIfInvalid(request, object, validateForCreate(kind, object));
      const judged = context.admission.validate({ ...admission, name: object.metadata.name }, context.lookup);
      if (judged !== undefined) await judged;
      // What is only stored needs no managedFields as objects, only as a part of its JSON.
      const asText = !applied && !dryRun && conversion === undefined;
      if (!applied && !asText) recordManager(context, request, object, undefined);
      if (dryRun) {
        if (storage.cache.get(objectKey(object)) !== undefined) throw alreadyExists(kind, object.metadata.name!);
        undo?.();
        return { type: 'object', code: 201, object };
      }
      const owners = asText ? createdOwnership(context, request, object) : undefined;
      if (asText && owners === undefined) delete object.metadata.managedFields;
      const bytes = serializeObject(storage.kind, conversion === undefined ? object : conversion.toStorage(object), owners);
      if (conversion === undefined && (request.body?.type === 'object' || storage.cache.watched)) {
        context.parsed.expect(bytes, (stored) => storedObject(storage.kind, object, owners, stored));
      }
      const cached = await context.objects.create(storage, objectKey(object), bytes);
      if (cached !== undefined) return { type: 'cached', code: 201, kind, cached };
    } catch (error) {
      undo?.();
      throw error;
    }
    undo?.();
    if (!generated || attempt === generateNameTries) throw alreadyExists(kind, object.metadata.name!);
  }
}

/** The namespace of the path counts; one in the object must be the same. */
export function checkNamespace(object: MutableObject, request: ApiRequest): void {
  const { namespace } = object.metadata;
  if (!request.resource.kind.namespaced) {
    if (namespace !== undefined && namespace !== '') delete object.metadata.namespace;
    return;
  }
  if (namespace !== undefined && namespace !== '' && namespace !== request.namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  object.metadata.namespace = request.namespace!;
}

/** Metadata that only the server writes. */
function stampNewObject(context: ApiContext, request: ApiRequest, object: MutableObject): void {
  const meta = object.metadata as unknown as Record<string, unknown>;
  for (const field of ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation']) delete meta[field];
  meta['uid'] = context.random.uuid();
  meta['creationTimestamp'] = timestamp(context);
  if (request.resource.kind.namespaced) meta['namespace'] = request.namespace;
}

export function failIfInvalid(request: ApiRequest, object: MutableObject, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid(request.resource.kind, object.metadata.name ?? '', causes);
}
