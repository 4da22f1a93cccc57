import { definition, type Definition, type Field, type TypeSchema } from '../schema/index.ts';
import { Causes } from './causes.ts';
import { enums } from './enums.ts';

/** Pieces that make a field's name when joined; names are made for what is wrong only, as almost nothing is. */
type Path = (string | number)[];
type Walk = (value: unknown, path: Path, causes: Causes) => void;

function fieldOf(path: Path): string {
  return path.map((piece) => (typeof piece === 'number' ? `[${piece}]` : piece)).join('');
}

/** A reader of objects by schema: closed sets of values always, required fields where nobody else looks for them. */
class SchemaWalker {
  readonly #required: boolean;
  readonly #walks = new Map<string, Walk | undefined>();
  readonly #roots = new Map<string, readonly (readonly [Field, Walk | undefined])[]>();

  constructor(required: boolean) {
    this.#required = required;
  }

  /** Checks all but metadata and status of an object of this definition. */
  check(object: object, name: string, causes: Causes): void {
    for (const [field, walk] of this.#rootOf(name)) {
      const value = (object as Record<string, unknown>)[field.name];
      // Go cannot tell an empty text from an absent one.
      if (value === undefined || value === '') {
        if (this.#required && field.required) causes.required(field.name);
      } else walk?.(value, [field.name], causes);
    }
  }

  #rootOf(name: string): readonly (readonly [Field, Walk | undefined])[] {
    let root = this.#roots.get(name);
    if (root === undefined) {
      const content = [...definition(name).fields.values()].filter((field) => field.name !== 'metadata' && field.name !== 'status');
      root = content.map((field) => [field, this.#walkOf(field.schema, allowedIn(name, field))] as const);
      if (!this.#required) root = root.filter(([, walk]) => walk !== undefined);
      this.#roots.set(name, root);
    }
    return root;
  }

  /** A walk for values of this type, or undefined when there is nothing to check below. */
  #walkOf(schema: TypeSchema, allowed: readonly string[] | undefined): Walk | undefined {
    switch (schema.type) {
      case 'ref':
        return this.#walkOfDefinition(schema.name);
      case 'array': {
        const item = this.#walkOf(schema.items, allowed);
        return item && ((value, path, causes) => {
          const list = value as unknown[];
          for (let index = 0; index < list.length; index++) {
            path.push(index);
            item(list[index], path, causes);
            path.pop();
          }
        });
      }
      case 'map': {
        const item = this.#walkOf(schema.values, allowed);
        return item && ((value, path, causes) => {
          for (const [key, member] of Object.entries(value as object)) {
            path.push(`[${key}]`);
            item(member, path, causes);
            path.pop();
          }
        });
      }
      case 'string': {
        if (allowed === undefined) return undefined;
        const set = new Set<unknown>(allowed);
        return (value, path, causes) => {
          if (!set.has(value)) causes.notSupported(fieldOf(path), value, allowed);
        };
      }
      default:
        return undefined;
    }
  }

  #walkOfDefinition(name: string): Walk | undefined {
    if (!this.#walks.has(name)) {
      // Types may contain themselves: the entry must be there before its members are compiled.
      let compiled: Walk | undefined;
      const lazy: Walk = (value, path, causes) => (compiled ??= this.#compile(definition(name)))(value, path, causes);
      this.#walks.set(name, this.#hasWork(name, new Set()) ? lazy : undefined);
    }
    return this.#walks.get(name);
  }

  /** Whether there is something to check in a type or in one that it refers to: most of a pod has nothing. */
  #hasWork(name: string, seen: Set<string>): boolean {
    if (seen.has(name)) return false;
    seen.add(name);
    return [...definition(name).fields.values()].some((field) => {
      if (this.#required && field.required) return true;
      const inner = referred(field.schema);
      return inner === undefined ? allowedIn(name, field) !== undefined : this.#hasWork(inner, seen);
    });
  }

  #compile(schema: Definition): Walk {
    const all = [...schema.fields.values()];
    const required = this.#required ? all.filter((field) => field.required).map((field) => [field.name, field.schema.type] as const) : [];
    const members = all.flatMap((field) => {
      const walk = this.#walkOf(field.schema, allowedIn(schema.name, field));
      return walk === undefined ? [] : [{ name: field.name, piece: `.${field.name}`, walk }];
    });
    return (value, path, causes) => {
      const object = value as Record<string, unknown>;
      for (const [name, type] of required) {
        if (object[name] === undefined || (object[name] === '' && type === 'string')) causes.required(`${fieldOf(path)}.${name}`);
      }
      for (const { name, piece, walk } of members) {
        const member = object[name];
        if (member === undefined || member === '') continue;
        path.push(piece);
        walk(member, path, causes);
        path.pop();
      }
    };
  }
}

function referred(schema: TypeSchema): string | undefined {
  if (schema.type === 'array') return referred(schema.items);
  if (schema.type === 'map') return referred(schema.values);
  return schema.type === 'ref' ? schema.name : undefined;
}

function allowedIn(owner: string, field: Field): readonly string[] | undefined {
  // An object's own kind was read long before.
  if (field.name === 'kind' && field.enum?.length === 1) return undefined;
  return enums[`${owner.replace(/^io\.k8s\.api\./, '')}.${field.name}`] ?? field.enum;
}

const everything = new SchemaWalker(true);
const closedSets = new SchemaWalker(false);

/** Required fields and closed sets of values by schema, for kinds without a validator of their own. */
export function checkBySchema(object: object, name: string, causes: Causes): void {
  everything.check(object, name, causes);
}

/** Closed sets of values by schema, but for fields that already have a cause: what a validator by hand says comes first. */
export function checkClosedSets(object: object, name: string, causes: Causes): void {
  const found = new Causes();
  closedSets.check(object, name, found);
  if (found.list.length === 0) return;
  const known = new Set(causes.list.map(({ field }) => field));
  // A validator may name a list where the schema knows the item.
  for (const cause of found.list) if (!known.has(cause.field) && !known.has(cause.field.replace(/\[\d+\]$/, ''))) causes.list.push(cause);
}
