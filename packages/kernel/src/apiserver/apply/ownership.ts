import type { KubeObject, ManagedFieldsEntry } from '@keelson/api';
import type { TypeSchema } from '@keelson/api/schema';
import { StatusError } from '@keelson/sdk';
import { isObject, type JsonObject } from '../patch/json-value.ts';
import { compareObjects, isSame, type Difference } from './compare.ts';
import { applyConflict, type Conflict } from './conflicts.ts';
import { difference, emptySet, equalSets, intersection, isEmptySet, union, type FieldSet } from './field-set.ts';
import { capManagers, isReset, isSameManager, readManagers, writeManagers, type Manager } from './ownership-entry.ts';
import { mergeObjects } from './merge-objects.ts';
import { fieldsOf, ownable } from './object-fields.ts';
import { prune } from './prune.ts';
import { shapeOf } from './shape.ts';

/** Who writes, through which endpoint. */
export interface Writer {
  readonly manager: string;
  /** Version that the request came in. */
  readonly apiVersion: string;
  /** '' for the object itself. */
  readonly subresource: string;
  /** RFC 3339, whole seconds. */
  readonly time: string;
}

export interface UpdateRecord {
  /** Stored state; undefined when the object is being created. */
  readonly live: KubeObject | undefined;
  /** State to be stored, after admission; its managedFields are what the client sent. */
  readonly next: KubeObject;
  /** Undefined for kinds without a schema: ownership goes by what the object looks like. */
  readonly schema: TypeSchema | undefined;
  readonly writer: Writer;
}

/**
 * Ownership after a create, update or patch: the writer owns what it changed, others lose it. To be stored as
 * `metadata.managedFields`; undefined when nobody owns anything (none, or reset by the client).
 */
export function recordUpdate({ live, next, schema, writer }: UpdateRecord): ManagedFieldsEntry[] | undefined {
  const sent = next.metadata.managedFields;
  if (isReset(sent)) return undefined;
  const shape = shapeOf(schema);
  const self = { ...writer, operation: 'Update' as const };
  if (live === undefined) {
    const fields = withoutMetadataSelf(fieldsOf(ownable(next as unknown as JsonObject), shape, true));
    return isEmptySet(fields) ? undefined : writeManagers([{ ...self, fields }]);
  }
  const stored = live.metadata.managedFields;
  const managers = readManagers(sent === undefined || sent.length === 0 ? stored : sent);
  const changes = compareObjects(ownable(live as unknown as JsonObject), ownable(next as unknown as JsonObject), shape);
  if (isSame(changes) && (sent === undefined || sent === stored)) return stored;
  return listOf(capManagers(takeOver(managers, changes, self)));
}

export interface ApplyRequest {
  /** Stored state; undefined when the apply creates the object. */
  readonly live: KubeObject | undefined;
  /** What the client sent, parsed. */
  readonly config: KubeObject;
  readonly schema: TypeSchema | undefined;
  readonly writer: Writer;
  readonly force: boolean;
  /** Top-level members that the endpoint does not take from clients (`status` on the object itself). */
  readonly ignored?: (member: string) => boolean;
}

export interface ApplyResult {
  /** The merged object with its new managedFields; the live object itself when nothing changes. */
  readonly object: KubeObject;
  readonly changed: boolean;
}

/** Server-side apply. Throws StatusError: Conflict naming contested fields, BadRequest for a bad configuration. */
export function applyConfiguration(request: ApplyRequest): ApplyResult {
  const { live, config, force, writer } = request;
  if ((config.metadata as { managedFields?: unknown }).managedFields !== undefined && (config.metadata.managedFields ?? []).length > 0) {
    throw new StatusError('BadRequest', 'metadata.managedFields must be nil');
  }
  const shape = shapeOf(request.schema);
  const self = { ...writer, operation: 'Apply' as const };
  const stated = statedParts(config as unknown as JsonObject, request.ignored);
  const before = (live ?? {}) as unknown as JsonObject;
  const managers = managersBefore(live, request);
  const last = managers.find((manager) => isSameManager(manager, self));
  const others = managers.filter((manager) => manager !== last);
  const fields = withoutMetadataSelf(fieldsOf(ownable(stated), shape, false));
  const kept = others.reduce((sum, manager) => union(sum, manager.fields), fields);
  const merged = prune(mergeObjects(before, stated, shape), shape, { last: last?.fields ?? emptySet, kept });
  const changes = compareObjects(ownable(before), ownable(merged), shape);
  const rest = yieldTo(others, changes, force);
  if (live !== undefined && isSame(changes) && last !== undefined && equalSets(last.fields, fields) && last.apiVersion === self.apiVersion) {
    return { object: live, changed: false };
  }
  const managedFields = writeManagers(isEmptySet(fields) ? rest : [...rest, { ...self, fields }]);
  const metadata = { ...(isObject(merged['metadata']) ? merged['metadata'] : {}), managedFields };
  return { object: { ...merged, metadata } as unknown as KubeObject, changed: true };
}

/** Owner of what was there before the first apply of an object that nobody kept track of. */
const beforeFirstApply = 'before-first-apply';

function managersBefore(live: KubeObject | undefined, { schema, writer }: ApplyRequest): Manager[] {
  if (live === undefined) return [];
  const managers = readManagers(live.metadata.managedFields);
  if (managers.length > 0) return managers;
  const fields = withoutMetadataSelf(fieldsOf(ownable(live as unknown as JsonObject), shapeOf(schema), true));
  return isEmptySet(fields) ? [] : [{ ...writer, manager: beforeFirstApply, subresource: '', operation: 'Update', fields }];
}

/** The configuration without nulls at the top, members that the endpoint ignores, and what only names the object. */
function statedParts(config: JsonObject, ignored: ((member: string) => boolean) | undefined): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([member, value]) => value !== null && !(ignored?.(member) ?? false)));
}

/** Others lose what the change touches; the writer gains it. */
function takeOver(managers: readonly Manager[], changes: Difference, self: Omit<Manager, 'fields'>): readonly Manager[] {
  const own = managers.find((manager) => isSameManager(manager, self));
  const rest = yieldTo(managers.filter((manager) => manager !== own), changes, true);
  const fields = withoutMetadataSelf(union(difference(own?.fields ?? emptySet, changes.removed), changes.changed));
  return isEmptySet(fields) ? rest : [...rest, { ...self, fields }];
}

/** Managers without the fields that a change takes or removes; throws the conflicts unless forced. */
function yieldTo(managers: readonly Manager[], changes: Difference, force: boolean): readonly Manager[] {
  const conflicts: Conflict[] = [];
  const rest = managers.flatMap((manager): Manager[] => {
    const contested = intersection(manager.fields, changes.changed);
    if (!isEmptySet(contested)) conflicts.push({ manager, fields: contested });
    const fields = difference(difference(manager.fields, contested), changes.removed);
    return fields === manager.fields ? [manager] : isEmptySet(fields) ? [] : [{ ...manager, fields }];
  });
  if (!force && conflicts.length > 0) throw applyConflict(conflicts);
  return rest;
}

/** Nobody owns metadata as such, only members of it. */
function withoutMetadataSelf(fields: FieldSet): FieldSet {
  const metadata = fields['f:metadata'];
  if (metadata === undefined || (!('.' in metadata) && !isEmptySet(metadata))) return fields;
  const { '.': _, ...members } = metadata;
  const { 'f:metadata': __, ...others } = fields;
  return isEmptySet(members) ? others : { 'f:metadata': members, ...others };
}

function listOf(managers: readonly Manager[]): ManagedFieldsEntry[] | undefined {
  return managers.length === 0 ? undefined : writeManagers(managers);
}

const plainName = /^[ -~]{1,128}$/;

/** Manager name of a request: the parameter, else the program that the user agent starts with. */
export function managerName(fieldManager: string | undefined, userAgent: string | undefined): string {
  if (fieldManager !== undefined && fieldManager !== '') return fieldManager;
  const program = (userAgent ?? '').split('/')[0] ?? '';
  if (plainName.test(program)) return program;
  const printable = Array.from(program).filter((char) => char >= ' ' && char !== '\u007f').slice(0, 128).join('');
  return printable === '' ? 'unknown' : printable;
}
