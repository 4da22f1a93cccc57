import type { Plugin } from '@keelson/sdk';
import type { Problem } from './problem.ts';

/** The parts of a zod issue that messages are made from; structural, because a plugin may bring its own zod. */
interface Issue {
  readonly code?: string;
  readonly path?: readonly PropertyKey[];
  readonly message: string;
  readonly minimum?: number | bigint;
  readonly inclusive?: boolean | undefined;
  readonly maximum?: number | bigint;
  readonly expected?: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
}

interface Schema {
  safeParse(value: unknown, context?: { readonly jitless: boolean }): { readonly success: true; readonly data: unknown } | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
  readonly shape?: Readonly<Record<string, unknown>>;
}

/** A plugin's parsed configuration, or what is wrong with it. */
export type ParsedConfig = { readonly config: unknown; readonly problems: readonly [] } | { readonly config: undefined; readonly problems: readonly Problem[] };

/** Parses a plugin's configuration with its own schema; defaults are filled in, unknown keys are problems. */
export function parseConfig(plugin: Plugin, given: unknown, place: string | undefined): ParsedConfig {
  const problem = (what: string, remedy?: string): Problem => ({
    code: 'KEEL_BAD_CONFIG',
    place: plugin.name,
    what,
    ...(place === undefined ? {} : { cause: `configured at ${place}` }),
    ...(remedy === undefined ? {} : { remedy }),
  });
  if (plugin.config === undefined) {
    if (given === undefined || (typeof given === 'object' && given !== null && Object.keys(given).length === 0)) return { config: Object.freeze({}), problems: [] };
    return { config: undefined, problems: [problem('takes no configuration', 'leave the configuration out')] };
  }
  const schema = plugin.config as unknown as Schema;
  let result: ReturnType<Schema['safeParse']>;
  try {
    // Used once, a schema is not worth the code that zod would generate and compile for it.
    result = schema.safeParse(given ?? {}, { jitless: true });
  } catch (error) {
    return { config: undefined, problems: [problem(`its schema failed: ${String(error)}`)] };
  }
  if (result.success) return { config: freeze(result.data), problems: [] };
  return { config: undefined, problems: result.error.issues.flatMap((issue) => describeIssue(issue, given ?? {}, schema).map(({ what, remedy }) => problem(what, remedy))) };
}

/** One sentence per wrong value: `key: expected …, got …`. */
export function describeIssue(issue: Issue, input: unknown, schema?: Pick<Schema, 'shape'>): { readonly what: string; readonly remedy?: string }[] {
  const path = issue.path ?? [];
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => {
      const near = path.length === 0 ? nearest(key, Object.keys(schema?.shape ?? {})) : undefined;
      return { what: `${pathText([...path, key])}: unknown key`, remedy: near === undefined ? 'remove it' : `did you mean "${near}"?` };
    });
  }
  const label = path.length === 0 ? '' : `${pathText(path)}: `;
  return [{ what: `${label}${expectation(issue)}, got ${shown(path, valueAt(input, path))}` }];
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'too_small': return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big': return `expected at most ${issue.maximum}`;
    case 'invalid_type': return `expected ${issue.expected}`;
    case 'invalid_value': return `expected ${(issue.values ?? []).map((value) => JSON.stringify(value)).join(' or ')}`;
    default: return issue.message.charAt(0).toLowerCase() + issue.message.slice(1).replace(/\.$/, '');
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? String(part) : `.${String(part)}`)).join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined), input);
}

/** Values help to find a mistake, but messages end in logs: nothing that looks like a secret is shown. */
function shown(path: readonly PropertyKey[], value: unknown): string {
  if (value === undefined) return 'nothing';
  if (path.some((part) => /secret|password|token|credential|key$/i.test(String(part)))) return `a ${typeof value}`;
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : value === null ? 'null' : 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The candidate within two edits, if any. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map((candidate) => ({ candidate, edits: editDistance(word.toLowerCase(), candidate.toLowerCase()) }));
  scored.sort((a, b) => a.edits - b.edits);
  const best = scored[0];
  return best !== undefined && best.edits <= Math.min(2, Math.floor(word.length / 2)) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const proto = Object.getPrototypeOf(value) as object | null;
  const plain = proto === null || Object.getPrototypeOf(proto) === null || Array.isArray(value);
  if (!plain) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
