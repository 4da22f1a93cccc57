import { StatusError } from '@keelson/sdk';
import { partialMetadata, type MetadataBearer } from './partial-metadata.ts';

/** A column as the wire names it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0: always shown; above: wide output only. */
  readonly priority: number;
}

/** How much of the object goes with each row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Reads the `includeObject` parameter; throws StatusError BadRequest for an unknown value. */
export function parseIncludeObject(value: string | undefined): IncludeObject {
  if (value === undefined || value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw new StatusError('BadRequest', `includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`);
}

/** What rows are made of; the printers of `@keelson/api/columns` or a custom kind's columns. */
export interface RowSource<T extends MetadataBearer> {
  readonly columns: readonly ColumnDefinition[];
  /** One value per column, at the given time (ages). */
  cells(object: T, now: number): readonly unknown[];
}

export interface TableRequest<T extends MetadataBearer> {
  readonly rows: RowSource<T>;
  readonly include: IncludeObject;
  readonly version: 'v1' | 'v1beta1';
  readonly now: number;
  /** Metadata of the list, or of the object's resourceVersion for a single one. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** False leaves the column definitions out, as for all but the first event of a watch. */
  readonly headers?: boolean;
}

/** A Table of one or more objects. */
export function renderTable<T extends MetadataBearer>(objects: Iterable<T>, request: TableRequest<T>): Record<string, unknown> {
  const { rows, include, version, now } = request;
  const rendered: { cells: readonly unknown[]; object: unknown }[] = [];
  for (const object of objects) rendered.push({ cells: rows.cells(object, now), object: attached(object, include, version) });
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: request.metadata,
    columnDefinitions: request.headers === false ? null : rows.columns,
    rows: rendered,
  };
}

function attached(object: MetadataBearer, include: IncludeObject, version: 'v1' | 'v1beta1'): unknown {
  if (include === 'None') return null;
  return include === 'Object' ? object : partialMetadata(object, version);
}
