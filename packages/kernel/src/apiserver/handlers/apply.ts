import { StatusError } from '@keelson/sdk';
import type { ApiContext } from '../context.ts';
import { badRequest } from '../api-errors.ts';
import { applyConfiguration } from '../apply/index.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';
import { decodeAs, fieldValidation, isDryRun } from './body.ts';
import { checkNamespace, createDecoded } from './create.ts';
import { schemaOf, writerOf } from './field-ownership.ts';
import { keyOf, storageOf } from './get.ts';
import { changeObject } from './update.ts';
import { parseYaml } from './yaml-body.ts';
import { deepFreeze } from '../../watch/index.ts';
import { cloneJson } from '../patch/json-value.ts';

/** Server-side apply: the object becomes what its appliers want together; a missing one is created. */
export async function applyObject(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const { kind } = request.resource;
  if ((request.query.get('fieldManager') ?? '') === '') {
    throw new StatusError('Invalid', 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch', {
      group: 'meta.k8s.io', kind: 'PatchOptions', causes: [{ reason: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' }],
    });
  }
  const config = readConfiguration(request);
  const apply = (live: MutableObject | undefined): MutableObject => {
    const { object } = applyConfiguration({
      live, config, schema: schemaOf(kind), writer: writerOf(context, request), force: request.query.get('force') === 'true', ignored: ignoredMembers(request),
    });
    return cloneJson(object) as MutableObject;
  };
  const exists = storageOf(request).cache.get(keyOf(request)) !== undefined;
  if (!exists && request.subresource === '') {
    const { resourceVersion, uid } = config.metadata;
    if ((resourceVersion ?? '') !== '' || (uid ?? '') !== '') throw badRequest('resourceVersion and uid may not be set on an object that is created by apply');
    return createDecoded(context, request, apply(undefined), isDryRun(request), true);
  }
  return changeObject(context, request, { unconditional: (config.metadata.resourceVersion ?? '') === '', managesFields: true, produce: (current) => apply(current) });
}

function readConfiguration(request: ApiRequest): MutableObject {
  const { kind } = request.resource;
  const { body } = request;
  const value = body?.type === 'bytes' ? parseYaml(body.bytes) : body === undefined ? undefined : cloneJson(body.value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('the applied configuration is not an object');
  const config = value as MutableObject;
  if (config.apiVersion !== kind.apiVersion || config.kind !== kind.kind) {
    throw badRequest(`the applied configuration must name apiVersion ${kind.apiVersion} and kind ${kind.kind}`);
  }
  decodeAs(request, kind, config, fieldValidation(request));
  checkNamespace(config, request);
  if (config.metadata.name !== undefined && config.metadata.name !== request.name) {
    throw badRequest(`the name of the object (${config.metadata.name}) does not match the name on the URL (${request.name!})`);
  }
  config.metadata.name = request.name!;
  return deepFreeze(config);
}

/** What an endpoint does not take: status on the object itself, all but status on the status subresource. */
function ignoredMembers(request: ApiRequest): (member: string) => boolean {
  if (request.subresource === 'status') return (member) => member !== 'status' && member !== 'apiVersion' && member !== 'kind' && member !== 'metadata';
  const hasStatus = request.resource.kind.subresources.some(({ name }) => name === 'status');
  return (member) => hasStatus && member === 'status';
}
