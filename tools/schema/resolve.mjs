import { apiPackages, shortName } from './groups.mjs';
import { readModel, referencedModels } from './read-models.mjs';
import { opaqueFields, quantityFields } from './special-fields.mjs';

/**
 * Type codes: s string, y bytes, t time, u micro time, q quantity, x int-or-string, b boolean, i int32, l int64,
 * d double, an upper-case letter an opaque type, #N a reference, [T a list, {T a map.
 * @typedef {{ name: string, code: string, required: boolean, description: string }} Field
 * @typedef {{ definition: string, name: string, module: string, description: string, fields: Field[] }} Definition
 */

/** All definitions that the built-in kinds reach, sorted by OpenAPI name; `#N` counts in that order. */
export function resolveDefinitions(folder) {
  const models = new Map();
  const owners = new Map();
  for (const owner of apiPackages) {
    const queue = [...owner.roots];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (owners.has(name)) continue;
      const model = readModel(folder, name);
      owners.set(name, owner);
      models.set(name, model);
      for (const field of model.fields) queue.push(...referencedModels(field.type));
    }
  }
  const definitionName = (model) => `${owners.get(model).package}.${shortName(model)}`;
  const names = [...models.keys()].sort((a, b) => (definitionName(a) < definitionName(b) ? -1 : 1));
  const index = new Map(names.map((name, position) => [name, position]));
  return names.map((name) => {
    const { module } = owners.get(name);
    const model = models.get(name);
    return {
      definition: definitionName(name),
      name: shortName(name),
      module,
      description: model.description,
      fields: model.fields.map((field) => ({
        name: field.name,
        code: typeCode(field, { module, owner: shortName(name), index }),
        required: field.required,
        description: field.description,
      })),
    };
  });
}

const numberCodes = { int32: 'i', int64: 'l', double: 'd' };

function typeCode(field, { module, owner, index }) {
  const isQuantity = quantityFields[module]?.[owner]?.includes(field.name) === true;
  const translate = (type) => {
    const list = /^Array<(.*)>$/.exec(type);
    if (list !== null) return `[${translate(list[1])}`;
    const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
    if (map !== null) return `{${translate(map[1])}`;
    switch (type) {
      case 'string':
        return isQuantity ? 'q' : field.format === 'byte' ? 'y' : 's';
      case 'boolean':
        return 'b';
      case 'number':
        return numberCodes[field.format] ?? 'l';
      case 'Date':
        return 't';
      case 'IntOrString':
        return 'x';
      case 'V1MicroTime':
        return 'u';
      case 'any': {
        const code = opaqueFields[owner]?.[field.name];
        if (code === undefined) throw new Error(`${owner}.${field.name} is of type any; name its real type in special-fields.mjs`);
        return code;
      }
      default: {
        const target = index.get(type);
        if (target === undefined) throw new Error(`${owner}.${field.name} has the unknown type ${type}`);
        return `#${target}`;
      }
    }
  };
  return translate(field.type);
}
