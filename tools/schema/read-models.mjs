import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ name: string, type: string, format: string, required: boolean, description: string }} ModelField
 * @typedef {{ name: string, description: string, fields: ModelField[] }} Model
 */

/** Reads one generated client-node model: fields from its attribute map, optionality and texts from its .d.ts. */
export function readModel(folder, name) {
  const map = /attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(readFileSync(join(folder, `${name}.js`), 'utf8'));
  if (map === null) {
    if (/attributeTypeMap = \[\]/.test(readFileSync(join(folder, `${name}.js`), 'utf8'))) return { name, description: '', fields: [] };
    throw new Error(`model ${name} has no attribute type map; has client-node changed its generator?`);
  }
  const attributes = JSON.parse(map[1]);
  const { description, properties } = readDeclaration(readFileSync(join(folder, `${name}.d.ts`), 'utf8'), name);
  const fields = attributes.map(({ name: property, baseName, type, format }) => {
    const declared = properties.get(property);
    if (declared === undefined) throw new Error(`model ${name} declares no property ${property}`);
    return { name: baseName, type, format, required: declared.required, description: declared.description };
  });
  return { name, description, fields: fields.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function readDeclaration(source, name) {
  const start = source.indexOf(`export declare class ${name} {`);
  const properties = new Map();
  const pattern = /(?:\/\*\*\n([^]*?)\*\/\n\s*)?'([^']+)'(\?)?: /g;
  for (const [, doc, property, optional] of source.slice(start).matchAll(pattern)) {
    properties.set(property, { required: optional === undefined, description: text(doc) });
  }
  const docs = [...source.slice(0, start).matchAll(/\/\*\*\n([^]*?)\*\//g)];
  return { description: docs.length > 1 ? text(docs.at(-1)[1]) : '', properties };
}

function text(doc) {
  return (doc ?? '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join(' ')
    .trim()
    .replace(/\\(['"\\])/g, '$1');
}

/** Model names that a client-node type expression refers to. */
export function referencedModels(type) {
  return [...type.matchAll(/\b[A-Z]?[A-Za-z]*?V\d[A-Za-z0-9]*\b/g)].map(([name]) => name).filter((name) => name !== 'V1MicroTime');
}
