/**
 * Levels that the arrays and objects of a body may nest. Real objects need about 20, schemas of custom kinds some more;
 * upstream's decoder takes 10,000, which the recursion of a JavaScript stack does not.
 */
export const maxNesting = 1000;
/** The same for YAML, whose parser needs more stack a level, and whose text grows with the square of the levels. */
export const maxYamlNesting = 250;

/** Whether JSON text nests deeper than {@link maxNesting}; looks at brackets outside strings only. */
export function textNestsTooDeep(bytes: Buffer): boolean {
  // A level takes two bytes.
  if (bytes.length <= 2 * maxNesting) return false;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case quote:
        for (at += 1; at < bytes.length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at += 1;
        break;
      case openArray:
      case openObject:
        depth += 1;
        if (depth > maxNesting) return true;
        break;
      case closeArray:
      case closeObject:
        depth -= 1;
        break;
      default:
    }
  }
  return false;
}

/**
 * How deep the arrays and objects of a value nest: 0 for a scalar; more than {@link maxNesting} (a cycle) is not counted
 * further. Infinity if there are more than `mostValues` values, those in shared parts counted once per place: what a
 * short text with aliases can make.
 */
export function nestingOf(value: unknown, mostValues = Infinity): number {
  let left = mostValues;
  let depth = 0;
  let level: object[] = isContainer(value) ? [value] : [];
  for (; level.length > 0 && depth <= maxNesting; depth += 1) {
    const next: object[] = [];
    for (const container of level) {
      for (const member of Object.values(container) as unknown[]) {
        left -= 1;
        if (left < 0) return Infinity;
        if (isContainer(member)) next.push(member);
      }
    }
    level = next;
  }
  return depth;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const quote = 0x22;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
