/**
 * Paths of fields that stand twice in one JSON object, which `JSON.parse` silently merges. Expects valid JSON.
 * One pass over the bytes; keys are compared as they are spelled.
 */
export function duplicateFields(bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
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
