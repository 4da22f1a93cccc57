/**
 * Paths of fields that stand twice in one JSON object, which `JSON.parse` silently merges. `parsed` is what the bytes
 * parse to: only if it has fewer fields than the text has are the bytes searched.
 */
export function duplicateFields(bytes: Buffer, parsed: unknown): string[] {
  return countFields(parsed) === countColons(bytes) ? [] : search(bytes.toString('utf8'));
}

/** Members of all objects in a JSON value. */
function countFields(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countFields(item);
    return count;
  }
  for (const key in value) count += 1 + countFields((value as Record<string, unknown>)[key]);
  return count;
}

/** Colons outside strings: one per member. */
function countColons(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === colon) count += 1;
    else if (byte === quote) {
      for (at += 1; at < bytes.length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at += 1;
    }
  }
  return count;
}

/** One pass over the text; keys are compared as they are spelled. */
function search(text: string): string[] {
  const found: string[] = [];
  const stack: Frame[] = [];
  let at = 0;
  let expectKey = false;
  while (at < text.length) {
    const char = text.charCodeAt(at);
    const top = stack[stack.length - 1];
    if (char === quote) {
      const end = endOfString(text, at + 1);
      if (expectKey && top?.keys !== undefined) {
        const key = text.slice(at + 1, end);
        if (top.keys.has(key)) found.push([...stack.map(pathOf).filter((part) => part !== ''), key].join('.').replaceAll('.[', '['));
        else top.keys.add(key);
        top.at = key;
        expectKey = false;
      }
      at = end + 1;
      continue;
    }
    if (char === openObject) {
      stack.push({ keys: new Set(), at: '' });
      expectKey = true;
    } else if (char === openArray) {
      stack.push({ keys: undefined, at: 0 });
    } else if (char === closeObject || char === closeArray) {
      stack.pop();
      expectKey = false;
    } else if (char === comma && top !== undefined) {
      if (top.keys === undefined) top.at = (top.at as number) + 1;
      else expectKey = true;
    }
    at += 1;
  }
  return found;
}

interface Frame {
  /** Undefined for an array. */
  readonly keys: Set<string> | undefined;
  at: string | number;
}

const quote = 0x22;
const backslash = 0x5c;
const openObject = 0x7b;
const closeObject = 0x7d;
const openArray = 0x5b;
const closeArray = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

/** The frame's part of the path, except for the innermost one, whose key is being reported. */
function pathOf(frame: Frame, index: number, stack: readonly Frame[]): string {
  if (index === stack.length - 1) return '';
  return typeof frame.at === 'number' ? `[${frame.at}]` : frame.at;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === backslash) at += 1;
    else if (char === quote) return at;
  }
  return text.length;
}
