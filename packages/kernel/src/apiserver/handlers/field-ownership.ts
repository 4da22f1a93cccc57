import type { TypeSchema } from '@keelson/api/schema';
import type { Kind } from '@keelson/api';
import { createdFieldsText, managerName, recordUpdate, type Writer } from '../apply/index.ts';
import type { ApiContext } from '../context.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest } from '../request.ts';
import { timestamp } from './timestamp.ts';

/** Keeps `metadata.managedFields` for a create, update or patch; `old` is undefined for a create. */
export function recordManager(context: ApiContext, request: ApiRequest, next: MutableObject, old: MutableObject | undefined): void {
  const managedFields = recordUpdate({ live: old, next, schema: schemaOf(request.resource.kind), writer: writerOf(context, request) });
  if (managedFields === undefined) delete next.metadata.managedFields;
  else next.metadata.managedFields = managedFields;
}

/** What {@link recordManager} would keep for a create, as JSON for the serialization; undefined when nobody owns anything. */
export function createdOwnership(context: ApiContext, request: ApiRequest, object: MutableObject): string | undefined {
  return createdFieldsText(object, schemaOf(request.resource.kind), writerOf(context, request));
}

/** Who writes, through which endpoint. */
export function writerOf(context: ApiContext, request: ApiRequest): Writer {
  return {
    manager: managerName(request.query.get('fieldManager'), request.userAgent),
    apiVersion: request.resource.kind.apiVersion,
    subresource: request.subresource,
    time: timestamp(context),
  };
}

/** Undefined for kinds without a built-in schema. */
export function schemaOf(kind: Kind): TypeSchema | undefined {
  return kind.definition === '' ? undefined : { type: 'ref', name: kind.definition };
}
