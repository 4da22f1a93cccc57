import { opaqueTypes } from './special-fields.mjs';

const header = '// Made by tools/schema/generate.mjs from @kubernetes/client-node; do not edit.\n';

/** Module with all definitions as one string, a line each: `name field:code field!:code …` (`!` marks required). */
export function definitionsModule(definitions) {
  const lines = definitions.map(({ definition, fields }) =>
    [definition, ...fields.map((field) => `${field.name}${field.required ? '!' : ''}:${field.code}`)].join(' '),
  );
  return (
    header +
    `export const opaqueTypes: Readonly<Record<string, string>> = ${JSON.stringify(opaqueTypes)};\n` +
    `export const definitionLines: string =\n  ${JSON.stringify(lines.join('\n'))};\n`
  );
}

/** Module with the texts, read only by OpenAPI documents and `kubectl explain`. */
export function descriptionsModule(definitions) {
  const texts = Object.fromEntries(
    definitions.map(({ definition, description, fields }) => [
      definition,
      [description, Object.fromEntries(fields.filter((field) => field.description !== '').map((field) => [field.name, field.description]))],
    ]),
  );
  return header + `export const descriptions: string =\n  ${JSON.stringify(JSON.stringify(texts))};\n`;
}
