import { definition, type TypeSchema } from '../schema/index.ts';
import type { Kind } from '../kind.ts';
import { builtinKinds } from '../kinds.ts';
import type { KubeObject } from '../meta/object.ts';
import { validateCreate } from './index.ts';

const wrong = 'Nonsense';

/** Rules beside the closed set: fewer restart policies for workloads, one operator without a key, a policy of external services only. */
const mayComeTwice = /supported values: ("Always"|"Never", "OnFailure")$|operator must be Exists|may only be set for/;

interface Place {
  /** As a cause names it. */
  readonly field: string;
  /** What leads there: field names and positions. */
  readonly steps: readonly (string | 0)[];
}

/** Places below a definition whose values are a closed set; a type inside itself is not entered again. */
function placesIn(name: string, at: Place, inside: readonly string[] = []): Place[] {
  if (inside.includes(name)) return [];
  return [...definition(name).fields.values()].flatMap((field) => {
    const outer = inside.length === 0;
    if (field.name === 'kind' || (outer && (field.name === 'metadata' || field.name === 'status'))) return [];
    const next = { field: outer ? field.name : `${at.field}.${field.name}`, steps: [...at.steps, field.name] };
    return placesOf(field.schema, next, { allowed: field.enum, inside: [...inside, name] });
  });
}

function placesOf(schema: TypeSchema, at: Place, context: { readonly allowed: readonly string[] | undefined; readonly inside: readonly string[] }): Place[] {
  if (schema.type === 'string') return context.allowed === undefined ? [] : [at];
  if (schema.type === 'array') return placesOf(schema.items, { field: `${at.field}[0]`, steps: [...at.steps, 0] }, context);
  return schema.type === 'ref' ? placesIn(schema.name, at, context.inside) : [];
}

function objectWith(kind: Kind, steps: readonly (string | 0)[]): KubeObject {
  const value = steps.reduceRight<unknown>((inner, step) => (step === 0 ? [inner] : { [step]: inner }), wrong) as object;
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x', uid: 'u', ...(kind.namespaced ? { namespace: 'default' } : {}) }, ...value } as unknown as KubeObject;
}

const kinds = builtinKinds()
  .filter((kind) => kind.definition !== '')
  .map((kind) => ({ kind, places: placesIn(kind.definition, { field: '', steps: [] }) }))
  .filter(({ places }) => places.length > 0);

describe('values outside of a closed set', () => {
  it('can be written into many kinds', () => {
    expect(kinds.length).toBeGreaterThan(20);
  });

  it.each(kinds.map((entry) => [`${entry.kind.apiVersion} ${entry.kind.kind}`, entry] as const))('are refused once at every place of %s', (_, { kind, places }) => {
    for (const place of places) {
      const found = validateCreate(kind, objectWith(kind, place.steps)).filter(({ field }) => field === place.field || field === place.field.replace(/\[0\]$/, ''));
      const messages = found.map(({ message }) => message).filter((message) => message.includes(`"${wrong}"`));
      expect({ field: place.field, found: messages.length }).not.toEqual({ field: place.field, found: 0 });
      // A second rule by hand may speak of the same field in other words, as upstream's do.
      expect(new Set(messages).size).toBe(messages.length);
      expect({ field: place.field, twice: found.filter(({ message }) => !mayComeTwice.test(message)).length > 1 }).toEqual({ field: place.field, twice: false });
    }
  });
});
