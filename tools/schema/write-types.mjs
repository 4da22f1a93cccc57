const header = '// Made by tools/schema/generate.mjs from @kubernetes/client-node; do not edit.\n';

const primitives = {
  s: 'string', y: 'string', t: 'string', u: 'string', q: 'string', x: 'number | string', b: 'boolean',
  i: 'number', l: 'number', d: 'number',
  R: 'unknown', J: 'unknown', F: 'Record<string, unknown>', A: 'unknown', B: 'unknown', S: 'unknown', E: 'Record<string, unknown>',
};

/** Metadata fields that every stored object has; drafts have all of them optional. */
const storedMeta = new Set(['name', 'uid', 'resourceVersion', 'creationTimestamp']);

/** File name and text of one TypeScript module per API package. */
export function typeModules(definitions) {
  const modules = new Map();
  for (const definition of definitions) {
    modules.set(definition.module, [...(modules.get(definition.module) ?? []), definition]);
  }
  return [...modules].map(([module, members]) => [`${module}.ts`, typeModule(module, members, definitions)]);
}

function typeModule(module, members, definitions) {
  const imports = new Map();
  const refer = (target) => {
    if (target.module !== module) imports.set(target.module, (imports.get(target.module) ?? new Set()).add(target.name));
    return target.name;
  };
  const drafts = new Set();
  const body = members.map((definition) => interfaceText(definition, { definitions, refer, drafts })).join('\n');
  const importLines = [...imports]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([from, names]) => `import type { ${[...names].sort().join(', ')} } from './${from}.ts';\n`);
  if (drafts.size > 0) importLines.push(`import type { ${[...drafts].sort().join(', ')} } from '../../src/meta/object.ts';\n`);
  return `${header}${importLines.join('')}\n${body}`;
}

function interfaceText(definition, context) {
  const topLevel = isTopLevel(definition);
  const list = definition.name.endsWith('List');
  const lines = definition.fields.map((field) => {
    const type = typeText(field.code, { ...context, owner: definition, topLevel: topLevel || list });
    const required = isRequired(definition, field, topLevel || list);
    const doc = field.description === '' ? '' : `  /** ${comment(field.description)} */\n`;
    const key = /^[A-Za-z_]\w*$/.test(field.name) ? field.name : `'${field.name}'`;
    return `${doc}  ${key}${required ? '' : '?'}: ${type}${required ? '' : ' | undefined'};\n`;
  });
  const doc = definition.description === '' ? '' : `/** ${comment(definition.description)} */\n`;
  return `${doc}export interface ${definition.name} {\n${lines.join('')}}\n`;
}

/** Go always writes struct-valued `spec`, so a stored object has one; `status` stays optional for drafts' sake. */
function isRequired(definition, field, topLevel) {
  if (definition.module === 'meta-v1' && definition.name === 'ObjectMeta') return storedMeta.has(field.name);
  if (topLevel && ['apiVersion', 'kind', 'metadata', 'spec'].includes(field.name)) return true;
  return field.required;
}

function isTopLevel({ name, fields }) {
  const has = (field) => fields.some((candidate) => candidate.name === field);
  return has('apiVersion') && has('kind') && has('metadata') && !name.endsWith('List') && name !== 'Status';
}

function typeText(code, context) {
  if (code.startsWith('[')) {
    const item = typeText(code.slice(1), context);
    return item.includes(' ') ? `Array<${item}>` : `${item}[]`;
  }
  if (code.startsWith('{')) return `Record<string, ${typeText(code.slice(1), context)}>`;
  if (!code.startsWith('#')) return primitives[code];
  const target = context.definitions[Number(code.slice(1))];
  const inList = context.owner.name.endsWith('List');
  if (target.name === 'ObjectMeta' && !context.topLevel) {
    context.drafts.add('DraftMeta');
    return 'DraftMeta';
  }
  const name = context.refer(target);
  if (!isTopLevel(target) || inList) return name;
  context.drafts.add('Draft');
  return `Draft<${name}>`;
}

function comment(text) {
  return text.replaceAll('*/', '*\\/');
}
