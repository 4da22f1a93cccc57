import type { ManagedFieldsEntry } from '@keelson/api';
import { emptySet, union, type FieldSet } from './field-set.ts';

/** What one manager owns by one operation. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Update managers beyond this number share one entry, the oldest ones first. */
const maxUpdateManagers = 10;
const ancient = 'ancient-changes';

/** Reads the wire form; entries that are not FieldsV1 or have no fields are left out. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Manager[] {
  return (entries ?? []).flatMap((entry): Manager[] => {
    if (entry.fieldsType !== 'FieldsV1' || entry.fieldsV1 === undefined || entry.fieldsV1 === null) return [];
    return [
      {
        manager: entry.manager ?? '',
        operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
        apiVersion: entry.apiVersion ?? '',
        subresource: entry.subresource ?? '',
        time: entry.time,
        fields: entry.fieldsV1 as FieldSet,
      },
    ];
  });
}

/** True for the list with one empty entry, by which a client has ownership forgotten. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  const [first, second] = entries ?? [];
  return first !== undefined && second === undefined && Object.values(first).every((value) => value === undefined || value === '');
}

/** Writes the wire form, Apply before Update, then by time and name. */
export function writeManagers(managers: readonly Manager[]): ManagedFieldsEntry[] {
  return [...managers].sort(compare).map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    manager,
    operation,
    ...(subresource === '' ? {} : { subresource }),
    ...(time === undefined ? {} : { time }),
  })) as ManagedFieldsEntry[];
}

/** True for two entries of the same manager; an applier stays the same whatever version it applies in. */
export function isSameManager(a: Omit<Manager, 'fields' | 'time'>, b: Omit<Manager, 'fields' | 'time'>): boolean {
  return (
    a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource && (a.operation === 'Apply' || a.apiVersion === b.apiVersion)
  );
}

/** Joins the oldest Update entries of each version when there are too many. */
export function capManagers(managers: readonly Manager[]): readonly Manager[] {
  const updates = managers.filter(({ operation, subresource }) => operation === 'Update' && subresource === '');
  if (updates.length <= maxUpdateManagers) return managers;
  const oldest = [...updates].sort(compare).slice(0, updates.length - maxUpdateManagers + 1);
  const joined = new Map<string, Manager>();
  for (const old of oldest) {
    const known = joined.get(old.apiVersion);
    joined.set(old.apiVersion, { ...old, manager: ancient, fields: union(known?.fields ?? emptySet, old.fields) });
  }
  return [...managers.filter((manager) => !oldest.includes(manager)), ...joined.values()];
}

function compare(a: Manager, b: Manager): number {
  return (
    order(a.operation, b.operation) || order(a.time ?? '', b.time ?? '') || order(a.manager, b.manager) || order(a.apiVersion, b.apiVersion) || order(a.subresource, b.subresource)
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
