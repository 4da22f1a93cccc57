import type { KubeObject } from '@keelson/api';
import type { TypeSchema } from '@keelson/api/schema';
import { isObject } from '../patch/json-value.ts';
import { unownedMetadata } from './object-fields.ts';
import { isReset } from './ownership-entry.ts';
import type { Writer } from './ownership.ts';
import { keyElement, valueElement } from './path-element.ts';
import { shapeOf, type KeyField, type Shape } from './shape.ts';

/**
 * `metadata.managedFields` of an object that is being created, as JSON: the same that `recordUpdate` gives for it, but
 * written down in one walk. Every create needs it, and making the sets only to serialize them costs twice as much as
 * all checks of the object. Undefined when nobody owns anything.
 */
export function createdFieldsText(next: KubeObject, schema: TypeSchema | undefined, writer: Writer): string | undefined {
  if (isReset(next.metadata.managedFields)) return undefined;
  const fields = objectText(next as unknown as Readonly<Record<string, unknown>>, shapeOf(schema));
  if (fields === '{}') return undefined;
  const { apiVersion, manager, subresource, time } = writer;
  return `[{"apiVersion":${JSON.stringify(apiVersion)},"fieldsType":"FieldsV1","fieldsV1":${fields},"manager":${JSON.stringify(manager)},"operation":"Update"${subresource === '' ? '' : `,"subresource":${JSON.stringify(subresource)}`},"time":${JSON.stringify(time)}}]`;
}

const leaf = '{}';
const deduced: Shape = { kind: 'deduced' };

/** The object itself: kind and apiVersion belong to nobody, nor does metadata as such. */
function objectText(object: Readonly<Record<string, unknown>>, shape: Shape): string {
  let text = '';
  for (const key in object) {
    const content = object[key];
    if (key === 'apiVersion' || key === 'kind' || content === undefined) continue;
    if (key !== 'metadata') text = joined(text, memberText(key, content, shape));
    else if (isObject(content)) {
      const metadata = metadataText(content, shape.kind === 'struct' ? (shape.members.get('metadata')?.shape ?? deduced) : deduced);
      if (metadata !== '') text = joined(text, `,"f:metadata":{${metadata}}`);
    }
  }
  return text === '' ? leaf : `{${text}}`;
}

function metadataText(metadata: Readonly<Record<string, unknown>>, shape: Shape): string {
  let text = '';
  for (const name in metadata) {
    if (metadata[name] !== undefined && !unownedMetadata.has(name)) text = joined(text, memberText(name, metadata[name], shape));
  }
  return text;
}

/** Members begin with a comma, the first one should not; cutting it off the whole would copy all of it. */
function joined(text: string, member: string): string {
  return text === '' ? member.slice(1) : text + member;
}

/** One member of an object with the comma before it, `,"f:name":…`. */
function memberText(key: string, content: unknown, shape: Shape): string {
  const known = shape.kind === 'struct' ? shape.members.get(key) : undefined;
  const inner = known !== undefined ? known.shape : shape.kind === 'map' ? shape.values : shape.kind === 'struct' ? deduced : shape;
  const label = known !== undefined ? known.label : labels.of(key);
  return isWhole(content, inner) ? `${label}{}` : label + partsText(content, inner);
}

function isWhole(value: unknown, shape: Shape): value is string | number | boolean | null {
  return shape.kind === 'leaf' || typeof value !== 'object' || value === null;
}

/** An object or list that is a member itself, with all its parts. */
function partsText(value: unknown, shape: Shape): string {
  if (Array.isArray(value)) return listText(value, shape);
  if (shape.kind === 'list' || shape.kind === 'set') return leaf;
  const members = value as Readonly<Record<string, unknown>>;
  return flat.of(members, shape) ?? anyPartsText(members, shape);
}

function anyPartsText(members: Readonly<Record<string, unknown>>, shape: Shape): string {
  let text = '';
  for (const key in members) if (members[key] !== undefined) text += memberText(key, members[key], shape);
  return text === '' ? leaf : `{".":{}${text}}`;
}

/** One member after another of objects without inner parts, each with what is written for the object that ends there. */
interface FlatNode {
  readonly next: Map<string, FlatNode>;
  text: string | undefined;
}

/**
 * What is written for objects whose members are all simple (variables, ports, labels) depends on the names of the members
 * alone, and the same names come again and again: found by walking them, without another text being made.
 */
class FlatTexts {
  #roots = new WeakMap<Shape, FlatNode>();
  #size = 0;

  /** Undefined for an object with a member that has parts of its own. */
  of(members: Readonly<Record<string, unknown>>, shape: Shape): string | undefined {
    let node = this.#rootOf(shape);
    for (const key in members) {
      const content = members[key];
      if (content === undefined) continue;
      if (typeof content === 'object' && content !== null) return undefined;
      let next: FlatNode | undefined = node.next.get(key);
      if (next === undefined) {
        if (this.#size++ === maxFlatNodes) this.#forget();
        node.next.set(key, (next = { next: new Map(), text: undefined }));
      }
      node = next;
    }
    node.text ??= anyPartsText(members, shape);
    return node.text;
  }

  #rootOf(shape: Shape): FlatNode {
    let root = this.#roots.get(shape);
    if (root === undefined) this.#roots.set(shape, (root = { next: new Map(), text: undefined }));
    return root;
  }

  #forget(): void {
    this.#roots = new WeakMap();
    this.#size = 0;
  }
}

/** Names of labels are the clients' choice. */
const maxFlatNodes = 8192;
const flat = new FlatTexts();

function listText(list: readonly unknown[], shape: Shape): string {
  if ((shape.kind !== 'list' && shape.kind !== 'set') || list.length === 0) return leaf;
  const seen = new Set<string>();
  let text = '{".":{}';
  for (const item of list) {
    const label = shape.kind === 'set' ? elements.of(valueElement(item)) : itemLabel(item, shape.keys);
    // A list with items that cannot be told apart counts as a whole.
    if (label === undefined || seen.has(label)) return leaf;
    seen.add(label);
    text += label + (shape.kind === 'set' || isWhole(item, shape.items) ? leaf : partsText(item, shape.items));
  }
  return `${text}}`;
}

/** Most lists have one key, a name: its element is looked up by the value alone. */
function itemLabel(item: unknown, keys: readonly KeyField[]): string | undefined {
  const key = keys[0]!;
  const value = keys.length === 1 && isObject(item) ? item[key.name] : undefined;
  if (typeof value !== 'string') {
    const element = keyElement(item, keys);
    return element === undefined ? undefined : elements.of(element);
  }
  let known = byName.get(key.name);
  if (known === undefined) byName.set(key.name, (known = new Escaped((name) => keyElement({ [key.name]: name }, keys)!)));
  return known.of(value);
}

/** Escaped names of JSON members. The same ones come again and again, and the engine's escaping is dear for short texts. */
class Escaped {
  readonly #known = new Map<string, string>();

  constructor(private readonly elementOf: (name: string) => string) {}

  of(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size === 4096) this.#known.clear();
    const made = `,${JSON.stringify(this.elementOf(name))}:`;
    this.#known.set(name, made);
    return made;
  }
}

const labels = new Escaped((name) => `f:${name}`);
const elements = new Escaped((element) => element);
/** By name of the key; there are as many as schemas have list keys. */
const byName = new Map<string, Escaped>();
