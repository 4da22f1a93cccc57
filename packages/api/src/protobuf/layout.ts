import { fieldTables } from './fields/tables.ts';

/** Place of one field in its message. */
export interface FieldLayout {
  readonly name: string;
  readonly number: number;
  /** Left out when absent. Other single values are always written, zero or not. */
  readonly optional: boolean;
  /** A list in a message of its own. */
  readonly wrapped: boolean;
}

/** A message whose fields are, in JSON, fields of the message around it. */
export interface InlineLayout {
  readonly number: number;
  readonly members: readonly Layout[];
}

export type Layout = FieldLayout | InlineLayout;

const tables = new Map<string, ReadonlyMap<string, string>>();

/**
 * Places of the fields of a definition, in ascending order; undefined when there is no table for it. Errors: none.
 *
 * A line of a table is the definition's short name and its fields: `name=number`, with `?` for a field that may be
 * absent, `*` for a list in a message of its own, and `@number(…)` around the fields of an inlined message.
 */
export function layoutOf(definition: string): readonly Layout[] | undefined {
  const dot = definition.lastIndexOf('.');
  const line = tableOf(definition.slice(0, dot))?.get(definition.slice(dot + 1));
  if (line === undefined) return undefined;
  return line === '' ? [] : parseLayouts(line.replaceAll('(', '( ').replaceAll(')', ' )').split(' '), definition);
}

function tableOf(group: string): ReadonlyMap<string, string> | undefined {
  const known = tables.get(group);
  if (known !== undefined) return known;
  const text = Object.hasOwn(fieldTables, group) ? fieldTables[group] : undefined;
  if (text === undefined) return undefined;
  const table = new Map<string, string>();
  for (const line of text.trim().split('\n')) {
    const end = line.indexOf(' ');
    table.set(end < 0 ? line : line.slice(0, end), end < 0 ? '' : line.slice(end + 1));
  }
  tables.set(group, table);
  return table;
}

/** Takes tokens off the front, up to the bracket that closes an inlined message. */
function parseLayouts(tokens: string[], definition: string): Layout[] {
  const layouts: Layout[] = [];
  for (let token = tokens.shift(); token !== undefined && token !== ')'; token = tokens.shift()) {
    const inline = /^@(\d+)\($/.exec(token);
    if (inline !== null) {
      layouts.push({ number: Number(inline[1]), members: parseLayouts(tokens, definition) });
      continue;
    }
    const field = /^([^=]+)=(\d+)([?*]?)$/.exec(token);
    if (field === null) throw new Error(`table of field numbers: cannot read ${token} of ${definition}`);
    layouts.push({ name: field[1] as string, number: Number(field[2]), optional: field[3] === '?', wrapped: field[3] === '*' });
  }
  return layouts;
}
