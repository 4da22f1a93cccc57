/**
 * A set of fields in the wire form of FieldsV1: a member without children is `{}`, one with children has the entry
 * `.`. Sets are values: operations make new ones and share what stays the same.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const emptySet: FieldSet = Object.freeze({});

/** A member that has no children; shared, so never change one. */
export const leaf: FieldSet = emptySet;

/** True for a set without members. */
export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** True when the node itself is a member, not only something below it. */
function isMember(node: FieldSet): boolean {
  return '.' in node || isEmptySet(node);
}

/** All members of either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const result: Record<string, FieldSet> = { ...a };
  for (const element in b) {
    const [left, right] = [a[element], b[element] as FieldSet];
    result[element] = left === undefined ? right : unionNodes(left, right);
  }
  return result;
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a) && isEmptySet(b)) return leaf;
  const joined = union(a, b);
  return '.' in joined || !(isMember(a) || isMember(b)) ? joined : { '.': leaf, ...joined };
}

/** Members of `a` that are not members of `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  const result: Record<string, FieldSet> = {};
  for (const element in a) {
    if (element === '.') continue;
    const [left, right] = [a[element] as FieldSet, b[element]];
    const rest = right === undefined ? left : nodeOf(isMember(left) && !isMember(right), difference(children(left), children(right)));
    if (rest !== undefined) result[element] = rest;
  }
  return result;
}

/** Members of both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element in a) {
    const [left, right] = [a[element] as FieldSet, b[element]];
    if (element === '.' || right === undefined) continue;
    const common = nodeOf(isMember(left) && isMember(right), intersection(children(left), children(right)));
    if (common !== undefined) result[element] = common;
  }
  return result;
}

/** True when both have the same members. */
export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  const elements = Object.keys(a);
  return elements.length === Object.keys(b).length && elements.every((element) => b[element] !== undefined && equalSets(a[element] as FieldSet, b[element]));
}

/** Calls `visit` with the path of each member, parents before their children. */
export function eachMember(set: FieldSet, visit: (path: readonly string[]) => void, path: readonly string[] = []): void {
  for (const element in set) {
    if (element === '.') continue;
    const [node, at] = [set[element] as FieldSet, [...path, element]];
    if (isMember(node)) visit(at);
    eachMember(node, visit, at);
  }
}

/** What lies below an element, or undefined. */
export function below(set: FieldSet | undefined, element: string): FieldSet | undefined {
  return set?.[element];
}

/** True when the node is a member of its set. */
export function memberNode(node: FieldSet | undefined): boolean {
  return node !== undefined && isMember(node);
}

/** Builds a node; undefined when neither it nor anything below is a member. */
export function nodeOf(member: boolean, below: FieldSet): FieldSet | undefined {
  const empty = isEmptySet(below);
  if (!member) return empty ? undefined : below;
  return empty ? leaf : { '.': leaf, ...below };
}

function children(node: FieldSet): FieldSet {
  if (!('.' in node)) return node;
  const { '.': _, ...rest } = node;
  return rest;
}
