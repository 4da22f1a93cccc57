/** A message or a name that is against RFC 1035. */
export class WireError extends Error {}

/** A name as text, and where in the message it ended. */
export interface ReadName {
  readonly name: string;
  readonly end: number;
}

const hyphen = 0x2d;
const underscore = 0x5f;

/**
 * Reads a name, following compression pointers; lower case, without the dot at the end. Bytes that are no letter, digit,
 * hyphen or underscore are written `\DDD`, so that two names are equal as text exactly when they are equal as names.
 * @throws WireError for pointers that do not go back, names past 255 bytes, the end of the message
 */
export function readName(bytes: Uint8Array, start: number): ReadName {
  let name = '';
  let at = start;
  let end = -1;
  let length = 0;
  for (;;) {
    const size = bytes[at];
    if (size === undefined) throw new WireError('the name runs past the end of the message');
    if (size === 0) return { name, end: end < 0 ? at + 1 : end };
    if (size >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) throw new WireError('the pointer runs past the end of the message');
      const target = ((size & 0x3f) << 8) | low;
      // A pointer always goes back: no loop can come of it.
      if (target >= at) throw new WireError('the pointer does not go back');
      if (end < 0) end = at + 2;
      at = target;
      continue;
    }
    if (size > 63) throw new WireError('the label has an unknown form');
    length += size + 1;
    if (length > 254) throw new WireError('the name is longer than 255 bytes');
    if (at + 1 + size > bytes.length) throw new WireError('the label runs past the end of the message');
    if (name !== '') name += '.';
    for (let i = at + 1; i <= at + size; i++) name += character(bytes[i]!);
    at += size + 1;
  }
}

function character(code: number): string {
  if (code >= 0x41 && code <= 0x5a) return String.fromCharCode(code + 32);
  if ((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === hyphen || code === underscore) return String.fromCharCode(code);
  return `\\${String(code).padStart(3, '0')}`;
}

const escape = /\\(\d{3}|.)/g;

/**
 * The labels of a name as bytes. `\DDD` is a byte, `\.` a dot inside a label.
 * @throws WireError for empty and long labels
 */
export function labelsOf(name: string): readonly Buffer[] {
  if (name === '' || name === '.') return [];
  const plain = name.endsWith('.') && !name.endsWith('\\.') ? name.slice(0, -1) : name;
  const labels = plain.includes('\\') ? splitEscaped(plain) : plain.split('.').map((label) => Buffer.from(label, 'latin1'));
  let length = 1;
  for (const label of labels) {
    if (label.length === 0 || label.length > 63) throw new WireError(`a label of ${JSON.stringify(name)} has ${label.length} bytes, 1 to 63 are possible`);
    length += label.length + 1;
  }
  if (length > 255) throw new WireError(`${JSON.stringify(name)} is longer than 255 bytes`);
  return labels;
}

function splitEscaped(name: string): Buffer[] {
  const labels: string[] = [''];
  let last = 0;
  for (const match of name.matchAll(escape)) {
    addPlain(labels, name.slice(last, match.index));
    const held = match[1]!;
    labels[labels.length - 1] += held.length === 3 ? String.fromCharCode(Number(held) & 0xff) : held;
    last = match.index + match[0].length;
  }
  addPlain(labels, name.slice(last));
  return labels.map((label) => Buffer.from(label, 'latin1'));
}

function addPlain(labels: string[], text: string): void {
  const [first = '', ...rest] = text.split('.');
  labels[labels.length - 1] += first;
  labels.push(...rest);
}
