import { SpanStatusCode } from '@opentelemetry/api';
import { Attr } from './names.ts';
import type { SpanRecord } from './record.ts';
import { buildTree, type TraceNode } from './tree.ts';

/** How a tree is printed. */
export interface RenderOptions {
  /** Draw with ASCII instead of box characters. */
  readonly ascii?: boolean;
  /** Cut after so many lines; default 500. */
  readonly maxLines?: number;
}

/** Prints spans as one text tree: name, object, plugin, offset from the root's start, duration. Ends without a line break. */
export function renderTrace(spans: readonly SpanRecord[], options: RenderOptions = {}): string {
  const roots = buildTree(spans);
  if (roots.length === 0) return 'no spans';
  const marks = options.ascii ? { tee: '|- ', end: '`- ', bar: '|  ', gap: '   ' } : { tee: '├─ ', end: '└─ ', bar: '│  ', gap: '   ' };
  const rows: Row[] = [];
  const visit = (node: TraceNode, indent: string, mark: string, next: string, zero: number): void => {
    rows.push(rowOf(node, indent + mark, zero));
    node.children.forEach((child, i) => {
      const last = i === node.children.length - 1;
      visit(child, indent + next, last ? marks.end : marks.tee, last ? marks.gap : marks.bar, zero);
    });
  };
  for (const root of roots) visit(root, '', '', '', root.span.start);
  const limit = options.maxLines ?? 500;
  const shown = rows.slice(0, limit);
  const widths = [0, 1, 2].map((column) => Math.max(...shown.map((row) => [...row[column]!].length)));
  const lines = shown.map(([name, offset, duration, rest]) => `${pad(name, widths[0]!)}  ${offset.padStart(widths[1]!)}  ${duration.padStart(widths[2]!)}  ${rest}`.trimEnd());
  if (rows.length > limit) lines.push(`… ${rows.length - limit} more spans`);
  return lines.join('\n');
}

/** Milliseconds for people: `0.42ms`, `12.3ms`, `1.25s`, `4m05s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(2)}ms`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(1)}ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)}s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/** `namespace/name` of the object that a span is about, or undefined. */
export function objectOf(span: SpanRecord): string | undefined {
  const namespace = span.attributes[Attr.objectNamespace] ?? span.attributes[Attr.namespaceName];
  const name = span.attributes[Attr.objectName] ?? span.attributes[Attr.podName];
  if (name === undefined) return undefined;
  return namespace === undefined || namespace === '' ? String(name) : `${String(namespace)}/${String(name)}`;
}

type Row = readonly [name: string, offset: string, duration: string, rest: string];

function rowOf(node: TraceNode, indent: string, zero: number): Row {
  const { span, relation } = node;
  const note = relation === 'linked' ? ' (linked)' : relation === 'orphan' ? ' (parent not kept)' : '';
  return [`${indent}${span.name}${note}`, `+${formatDuration(Math.max(0, span.start - zero))}`, formatDuration(span.end - span.start), remarks(span)];
}

function remarks(span: SpanRecord): string {
  const parts: string[] = [];
  const object = objectOf(span);
  if (object !== undefined) parts.push(object);
  parts.push(`[${String(span.attributes[Attr.plugin] ?? span.scope)}]`);
  const status = span.attributes[Attr.httpStatus];
  if (status !== undefined) parts.push(String(status));
  const attempt = span.attributes[Attr.attempt];
  if (typeof attempt === 'number' && attempt > 1) parts.push(`attempt ${attempt}`);
  if (span.status.code === SpanStatusCode.ERROR) parts.push(`ERROR ${span.status.message ?? ''}`.trimEnd());
  return parts.join(' ');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}
