import type { KubeObject } from '@keelson/api';
import type { CustomResourceColumnDefinition } from '@keelson/api/apiextensions/v1';
import { humanDuration, parseTime } from '@keelson/api/time';
import type { ColumnDefinition, RowSource } from '../table/index.ts';
import { compilePath, type PathReader } from './json-path.ts';

const nameColumn: ColumnDefinition = { name: 'Name', type: 'string', format: 'name', priority: 0, description: 'name of the object, unique in its namespace' };
const ageOnly: readonly CustomResourceColumnDefinition[] = [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'time since the object was created' }];

/** Rows of a custom kind: its name, then the declared columns, or the age where none are declared. */
export function printerRows(declared: readonly CustomResourceColumnDefinition[] | undefined): RowSource<KubeObject> {
  const own = declared === undefined || declared.length === 0 ? ageOnly : declared;
  const cells = own.map((column) => ({ type: column.type, read: compilePath(column.jsonPath) }));
  return {
    columns: [nameColumn, ...own.map(describe)],
    cells: (object, now) => [object.metadata.name ?? '', ...cells.map(({ type, read }) => cell(type, read, object, now))],
  };
}

function describe({ name, type, format, description, priority, jsonPath }: CustomResourceColumnDefinition): ColumnDefinition {
  return { name, type, format: format ?? '', description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`, priority: priority ?? 0 };
}

/** A missing value is null, which clients show as `<none>`; a value of another type than declared is left out likewise. */
function cell(type: string, read: PathReader | undefined, object: KubeObject, now: number): unknown {
  const values = read?.(object) ?? [];
  if (values.length === 0) return null;
  if (values.length > 1) return values.map(text).join(',');
  const [value] = values;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return age(value, now);
    default:
      return text(value);
  }
}

function age(value: unknown, now: number): string {
  if (typeof value !== 'string') return '<unknown>';
  const at = parseTime(value);
  return at === undefined ? '<invalid>' : humanDuration(now - at);
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
