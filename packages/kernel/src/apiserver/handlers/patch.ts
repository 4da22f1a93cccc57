import { StatusError } from '@keelson/sdk';
import type { ApiContext } from '../context.ts';
import { badRequest } from '../api-errors.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch } from '../patch/index.ts';
import { patchType as typeByContent, type PatchType } from '../table/index.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';
import { applyObject } from './apply.ts';
import { decodeAs, fieldValidation, parseJson } from './body.ts';
import { changeObject } from './update.ts';

/** PATCH of an object or a subresource, in all four types. */
export async function patchObject(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const type = patchType(request);
  if (type === 'apply') return applyObject(context, request);
  if (request.query.get('force') !== undefined) {
    throw new StatusError('Invalid', 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch');
  }
  const { kind } = request.resource;
  const body = patchBody(request);
  const level = fieldValidation(request);
  return changeObject(context, request, {
    unconditional: true,
    produce(current, fresh) {
      const patched = patch(type, request, fresh(), body);
      checkIdentity(request, current, patched);
      decodeAs(request, kind, patched, level);
      return patched;
    },
  });
}

/** Type of a patch by its content type. Errors: 415. */
export function patchType(request: ApiRequest): PatchType {
  const given = request.body?.type === 'bytes' ? request.body.contentType : request.query.get('patchType');
  return typeByContent(given, { strategic: request.resource.kind.definition !== '' });
}

function patchBody(request: ApiRequest): unknown {
  const { body } = request;
  const value = body?.type === 'bytes' ? parseJson(body.bytes) : body?.value;
  if (value === undefined || value === null) throw badRequest('the patch is empty');
  return value;
}

function patch(type: 'json' | 'merge' | 'strategic', request: ApiRequest, object: MutableObject, body: unknown): MutableObject {
  switch (type) {
    case 'json':
      return applyJsonPatch(object, body) as MutableObject;
    case 'merge':
      return applyMergePatch(object, body) as MutableObject;
    case 'strategic':
      return applyStrategicMergePatch(object, body, { type: 'ref', name: request.resource.kind.definition }) as MutableObject;
  }
}

/** A patch cannot rename or move its object. */
function checkIdentity(request: ApiRequest, current: MutableObject, patched: MutableObject): void {
  const meta = patched.metadata as MutableObject['metadata'] | undefined;
  if (meta?.name !== undefined && meta.name !== current.metadata.name) {
    throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${request.name!})`);
  }
  if (meta?.namespace !== undefined && meta.namespace !== '' && meta.namespace !== current.metadata.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}
