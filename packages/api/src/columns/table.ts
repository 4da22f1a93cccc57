import { humanDuration, parseTime } from '../time/index.ts';

/** Value of a cell. */
export type Cell = string | number | boolean;

/** A column as the Table of meta.k8s.io/v1 describes it. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date' | 'boolean';
  readonly format: '' | 'name';
  /** 0: always shown; 1: only with `-o wide`. */
  readonly priority: 0 | 1;
  readonly description: string;
}

/** How objects of one kind are printed. */
export interface Printer<T = never> {
  readonly columns: readonly Column[];
  /** One cell a column, in their order; `now` is in milliseconds. */
  readonly row: (object: T, now: number) => readonly Cell[];
}

/** A column that is always shown. */
export function column(name: string, description: string, type: Column['type'] = 'string'): Column {
  return { name, type, format: '', priority: 0, description };
}

/** A column of the wide form. */
export function wide(name: string, description: string, type: Column['type'] = 'string'): Column {
  return { name, type, format: '', priority: 1, description };
}

/** The name column, first everywhere. */
export const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', priority: 0, description: 'name of the object, unique in its namespace' };

/** The age column. */
export const ageColumn: Column = column('Age', 'time since the object was created');

/** Metadata that printers read. */
export interface Named {
  readonly metadata: { readonly name?: string | undefined; readonly creationTimestamp?: string | undefined; readonly deletionTimestamp?: string | undefined };
}

/** Time since a timestamp, in the short form; `<unknown>` when there is none. */
export function since(timestamp: string | undefined, now: number): string {
  const at = timestamp === undefined ? undefined : parseTime(timestamp);
  return at === undefined ? '<unknown>' : humanDuration(now - at);
}

/** Time since creation. */
export function age({ metadata }: Named, now: number): string {
  return since(metadata.creationTimestamp, now);
}

/** The name cell. */
export function nameOf({ metadata }: Named): string {
  return metadata.name ?? '';
}
