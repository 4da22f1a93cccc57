import { CORE_SCHEMA, load } from 'js-yaml';
import { badRequest } from '../api-errors.ts';
import { maxNesting, maxYamlNesting, nestingOf, textNestsTooDeep } from '../nesting.ts';
import { duplicateFields } from './duplicate-fields.ts';

const maxAliases = 100;
/** Aliases may make a document at most this much larger than its text, values per byte. */
const maxExpansion = 10;

/**
 * A YAML body (or JSON, which clients send as YAML for server-side apply) as plain JSON data. Errors: 400 that names the
 * place, not the content.
 */
export function parseYaml(bytes: Buffer): unknown {
  let value = bytes[0] === openObject ? parseAsJson(bytes) : undefined;
  if (value !== undefined) return value;
  try {
    value = load(bytes.toString('utf8'), { schema: CORE_SCHEMA, maxDepth: maxYamlNesting, maxAliases });
  } catch (error) {
    const { mark, reason } = error as { readonly mark?: { readonly line: number; readonly column: number } | null; readonly reason?: string };
    const what = /maxDepth/.test(reason ?? '') ? `: exceeded max depth of ${maxYamlNesting}` : '';
    throw badRequest(`couldn't parse the request body as YAML${mark === undefined || mark === null ? '' : ` at line ${mark.line + 1}, column ${mark.column + 1}`}${what}`);
  }
  if (bytes.includes('*') && nestingOf(value, maxExpansion * bytes.length) > maxNesting) throw badRequest('couldn\'t parse the request body as YAML: its aliases make too large a document');
  return value;
}

const openObject = 0x7b;

/** The usual case at a fraction of the price; undefined for what only the YAML parser can judge. */
function parseAsJson(bytes: Buffer): unknown {
  if (textNestsTooDeep(bytes)) return undefined;
  try {
    const value = JSON.parse(bytes.toString('utf8')) as unknown;
    return duplicateFields(bytes, value).length === 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
