import type { KubeObject } from '@keelson/api';
import type { ServedResource } from '../registry/served-resource.ts';
import type { RowSource } from '../table/index.ts';

type Columns = typeof import('@keelson/api/columns');

let columns: Columns | undefined;

/** Loads the printers; they are only needed once somebody asks for a Table. */
export async function loadColumns(): Promise<void> {
  columns ??= await import('@keelson/api/columns');
}

/** Rows of a kind; `loadColumns` must have resolved before. */
export function rowSource({ kind, custom }: Pick<ServedResource, 'kind' | 'custom'>): RowSource<KubeObject> {
  if (custom !== undefined) return custom.rows;
  const source = columns!.printerOf(kind);
  return { columns: source.columns, cells: (object, now) => source.row(object, now) };
}
