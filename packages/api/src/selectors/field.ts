import type { Kind } from '../kind.ts';
import type { Parsed } from './requirement.ts';

/** One condition on a field label. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A parsed `fieldSelector`; all requirements must hold. */
export type FieldSelector = readonly FieldRequirement[];

/** Parses the `fieldSelector` query parameter; an empty text gives no requirements. */
export function parseFieldSelector(text: string): Parsed<FieldSelector> {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const match = /^((?:\\.|[^\\=!])*)(==|=|!=)(.*)$/s.exec(term);
    if (match === null) return { ok: false, message: `invalid selector: '${text}'; can't understand '${term}'` };
    const [, field = '', operator, raw = ''] = match;
    const value = unescape(raw);
    if (!value.ok) return value;
    requirements.push({ field, operator: operator === '!=' ? '!=' : '=', value: value.value });
  }
  return { ok: true, value: requirements };
}

function splitTerms(text: string): string[] {
  return [...text.matchAll(/((?:\\.|[^\\,])*)(?:,|$)/gs)].map(([, term]) => term ?? '');
}

function unescape(text: string): Parsed<string> {
  if (!/[\\,=]/.test(text)) return { ok: true, value: text };
  let value = '';
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string;
    if (char === '\\') {
      const next = text[++index];
      if (next !== '\\' && next !== ',' && next !== '=') {
        return { ok: false, message: `invalid field selector: invalid escape sequence: ${char}${next ?? ''}` };
      }
      value += next;
    } else if (char === '=' || char === ',') {
      return { ok: false, message: `invalid field selector: unescaped character in value: ${char}` };
    } else {
      value += char;
    }
  }
  return { ok: true, value };
}

/** Writes a field selector as query text. */
export function formatFieldSelector(selector: FieldSelector): string {
  return selector.map(({ field, operator, value }) => `${field}${operator}${value.replace(/[\\,=]/g, '\\$&')}`).join(',');
}

const metadataLabels = ['metadata.name', 'metadata.namespace'];
/** Old names that clients may still send. */
const aliases: Readonly<Record<string, string>> = { 'spec.host': 'spec.nodeName' };

/** The message for a field label that objects of this kind cannot be selected by, or undefined when all are known. */
export function fieldSelectorError(kind: Kind, selector: FieldSelector): string | undefined {
  for (const { field } of selector) {
    if (metadataLabels.includes(field) || kind.selectableFields.includes(canonicalLabel(kind, field))) continue;
    if (kind.selectableFields.length > 0) return `field label not supported: ${field}`;
    return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
  }
  return undefined;
}

function canonicalLabel(kind: Kind, field: string): string {
  return kind.kind === 'Pod' && kind.group === '' ? (aliases[field] ?? field) : field;
}

/** A test for objects of a kind; call {@link fieldSelectorError} first. */
export function compileFieldSelector(kind: Kind, selector: FieldSelector): (object: object) => boolean {
  const tests = selector.map(({ field, operator, value }) => {
    const read = reader(canonicalLabel(kind, field));
    return (object: object) => (read(object) === value) === (operator === '=');
  });
  return (object) => tests.every((test) => test(object));
}

/** Value of a selectable field as text, as field selectors compare it. */
export function fieldValue(kind: Kind, object: object, field: string): string {
  return reader(canonicalLabel(kind, field))(object);
}

type Reader = (object: object) => string;

/** Fields whose text is not simply the value at the path. */
const special: Readonly<Record<string, Reader>> = {
  'spec.hostNetwork': (object) => String(at(object, ['spec', 'hostNetwork']) === true),
  'spec.unschedulable': (object) => String(at(object, ['spec', 'unschedulable']) === true),
  'status.replicas': (object) => text(at(object, ['status', 'replicas']) ?? 0),
  'status.successful': (object) => text(at(object, ['status', 'succeeded']) ?? 0),
  'status.podIPs': (object) => {
    const ips = at(object, ['status', 'podIPs']);
    return Array.isArray(ips) ? ips.map((entry: { ip?: string }) => entry.ip ?? '').join(',') : '';
  },
  source: (object) => text(at(object, ['source', 'component']) ?? at(object, ['reportingComponent'])),
};

const readers = new Map<string, Reader>();

function reader(field: string): Reader {
  let found = readers.get(field);
  if (found === undefined) {
    const path = field.split('.');
    found = special[field] ?? ((object) => text(at(object, path)));
    if (readers.size < 256) readers.set(field, found);
  }
  return found;
}

function at(object: object, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
