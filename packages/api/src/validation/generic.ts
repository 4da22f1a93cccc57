import { definition, type Definition, type TypeSchema } from '../schema/index.ts';
import type { Causes } from './causes.ts';
import { enums } from './enums.ts';

type Walk = (value: unknown, field: string, causes: Causes) => void;

const walks = new Map<string, Walk | undefined>();

/** Required fields and enumerated values by schema, for kinds without a validator of their own. */
export function checkBySchema(object: object, name: string, causes: Causes): void {
  for (const field of definition(name).fields.values()) {
    if (field.name === 'metadata' || field.name === 'status') continue;
    const value = (object as Record<string, unknown>)[field.name];
    if (value === undefined) {
      if (field.required) causes.required(field.name);
    } else walkOf(field.schema, `${name}.${field.name}`)?.(value, field.name, causes);
  }
}

/** A walk for values of this type, or undefined when there is nothing to check below. */
function walkOf(schema: TypeSchema, place: string): Walk | undefined {
  switch (schema.type) {
    case 'ref':
      return (value, field, causes) => walkOfDefinition(schema.name)?.(value, field, causes);
    case 'array': {
      const item = walkOf(schema.items, place);
      return item && ((value, field, causes) => (value as unknown[]).forEach((member, index) => item(member, `${field}[${index}]`, causes)));
    }
    case 'map': {
      const item = walkOf(schema.values, place);
      return item && ((value, field, causes) => Object.entries(value as object).forEach(([key, member]) => item(member, `${field}[${key}]`, causes)));
    }
    case 'string': {
      const allowed = enums[place.replace(/^io\.k8s\.api\./, '')];
      return allowed && ((value, field, causes) => {
        if (!allowed.includes(value as string)) causes.notSupported(field, value, allowed);
      });
    }
    default:
      return undefined;
  }
}

function walkOfDefinition(name: string): Walk | undefined {
  if (!walks.has(name)) {
    // Types may contain themselves: the entry must be there before its members are compiled.
    let compiled: Walk | undefined;
    walks.set(name, (value, field, causes) => (compiled ??= compile(definition(name)))(value, field, causes));
  }
  return walks.get(name);
}

function compile(schema: Definition): Walk {
  const required = [...schema.fields.values()].filter((field) => field.required).map((field) => [field.name, field.schema.type] as const);
  const members = [...schema.fields.values()].flatMap((field) => {
    const walk = walkOf(field.schema, `${schema.name}.${field.name}`);
    return walk === undefined ? [] : [[field.name, walk] as const];
  });
  return (value, field, causes) => {
    const object = value as Record<string, unknown>;
    for (const [name, type] of required) {
      // Go cannot tell an empty text from an absent one.
      if (object[name] === undefined || (object[name] === '' && type === 'string')) causes.required(`${field}.${name}`);
    }
    for (const [name, walk] of members) if (object[name] !== undefined && object[name] !== '') walk(object[name], `${field}.${name}`, causes);
  };
}
