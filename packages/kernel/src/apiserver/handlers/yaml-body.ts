import { parse } from 'yaml';
import { badRequest } from '../api-errors.ts';

/** A YAML body as plain JSON data. Errors: 400 that names the place, not the content. */
export function parseYaml(bytes: Buffer): unknown {
  try {
    return parse(bytes.toString('utf8'), { maxAliasCount: 100 }) as unknown;
  } catch (error) {
    const place = (error as { linePos?: readonly { line: number; col: number }[] }).linePos?.[0];
    throw badRequest(`couldn't parse the request body as YAML${place === undefined ? '' : ` at line ${place.line}, column ${place.col}`}`);
  }
}
