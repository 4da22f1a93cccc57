import { StatusError } from '@keelson/sdk';
import { maxNesting, nestingOf } from '../nesting.ts';
import { equalJson, isObject, setMember } from './json-value.ts';
import { inapplicablePatch, malformedPatch } from './patch-error.ts';

/** Upstream's limit on the number of operations. */
const maxOperations = 10_000;
/** Upstream's limit on what `copy` operations may add up to, bytes of JSON. */
const maxCopied = 3 * 1024 * 1024;

interface Operation {
  readonly op: string;
  readonly path: readonly string[];
  readonly pointer: string;
  readonly from: readonly string[] | undefined;
  readonly value: unknown;
  readonly hasValue: boolean;
}

/**
 * Applies an RFC 6902 patch. The document may be frozen: only the containers along the changed paths are new. Throws
 * StatusError: 400 for a malformed patch, 413 for too many operations, 422 when an operation does not apply.
 */
export function applyJsonPatch<T>(document: T, patch: unknown): T {
  if (!Array.isArray(patch)) throw malformedPatch('error decoding patch: a JSON patch is a list of operations');
  if (patch.length > maxOperations) {
    throw new StatusError('RequestEntityTooLarge', `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`);
  }
  let result: unknown = document;
  let copied = 0;
  // Never less than the depth; measured only when this estimate says that the document may have become too deep.
  let depth = nestingOf(document);
  for (const operation of patch.map(readOperation)) {
    if (operation.op === 'copy') {
      copied += JSON.stringify(lookUp(result, operation.from ?? [], operation)).length;
      if (copied > maxCopied) throw new StatusError('RequestEntityTooLarge', `Unable to complete the copy, the accumulated size increase of copy is ${copied}, exceeding the limit ${maxCopied}`);
    }
    result = applyOperation(result, operation);
    depth = Math.max(depth, operation.path.length + (operation.from === undefined ? nestingOf(operation.value) : depth));
    if (depth > maxNesting) depth = nestingOf(result);
    if (depth > maxNesting) throw inapplicablePatch(`the patched document exceeds the max depth of ${maxNesting}`);
  }
  return result as T;
}

function readOperation(raw: unknown): Operation {
  if (!isObject(raw) || typeof raw['op'] !== 'string') throw malformedPatch('error decoding patch: each operation is an object with "op" and "path"');
  const { op, path, from } = raw;
  if (typeof path !== 'string') throw malformedPatch(`error decoding patch: operation "${op}" has no path`);
  const needsFrom = op === 'move' || op === 'copy';
  if (needsFrom && typeof from !== 'string') throw malformedPatch(`error decoding patch: operation "${op}" has no from`);
  if (!['add', 'remove', 'replace', 'move', 'copy', 'test'].includes(op)) throw inapplicablePatch(`Unexpected kind: ${op}`);
  return {
    op,
    pointer: path,
    path: parsePointer(path),
    from: needsFrom ? parsePointer(from as string) : undefined,
    value: raw['value'] ?? null,
    hasValue: Object.hasOwn(raw, 'value'),
  };
}

function parsePointer(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw inapplicablePatch(`path "${pointer}" does not start with "/"`);
  return pointer.slice(1).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function applyOperation(document: unknown, operation: Operation): unknown {
  const { op, path, pointer, value } = operation;
  switch (op) {
    case 'add':
      return change(document, path, { operation, edit: insert(value) });
    case 'remove':
      return change(document, path, { operation, edit: erase });
    case 'replace':
      lookUp(document, path, operation);
      return change(document, path, { operation, edit: overwrite(value) });
    case 'move': {
      const from = operation.from ?? [];
      if (from.length < path.length && from.every((part, index) => part === path[index])) throw inapplicablePatch(`cannot move "${pointer}" into itself`);
      const moved = lookUp(document, from, operation);
      return change(change(document, from, { operation, edit: erase }), path, { operation, edit: insert(moved) });
    }
    case 'copy':
      return change(document, path, { operation, edit: insert(lookUp(document, operation.from ?? [], operation)) });
    default: {
      // A missing member equals null for `test`, as upstream has it.
      if (!equalJson(find(document, path) ?? null, value)) throw inapplicablePatch(`testing value ${pointer} failed: test failed`);
      return document;
    }
  }
}

type Edit = (container: unknown[] | Record<string, unknown>, key: string, operation: Operation) => void;

/** The document with `edit` applied to a copy of the container that holds the last part of the path. */
function change(document: unknown, path: readonly string[], at: { readonly operation: Operation; readonly edit: Edit }): unknown {
  const [head, ...rest] = path;
  if (head === undefined) {
    if (at.edit === erase) return null;
    const holder: Record<string, unknown> = {};
    at.edit(holder, 'document', at.operation);
    return holder['document'];
  }
  if (!Array.isArray(document) && !isObject(document)) throw missingPath(at.operation);
  const copy: unknown[] | Record<string, unknown> = Array.isArray(document) ? [...(document as unknown[])] : { ...document };
  if (rest.length === 0) {
    at.edit(copy, head, at.operation);
    return copy;
  }
  const inner = member(copy, head);
  if (inner === undefined) throw missingPath(at.operation);
  if (Array.isArray(copy)) copy[Number(head)] = change(inner, rest, at);
  else setMember(copy, head, change(inner, rest, at));
  return copy;
}

const insert = (value: unknown): Edit => (container, key) => {
  if (!Array.isArray(container)) {
    setMember(container, key, value);
    return;
  }
  const index = key === '-' ? container.length : arrayIndex(key);
  if (index === undefined || index > container.length) throw inapplicablePatch(`Unable to access invalid index: ${key}: invalid index referenced`);
  container.splice(index, 0, value);
};

const overwrite = (value: unknown): Edit => (container, key) => {
  if (Array.isArray(container)) container[Number(key)] = value;
  else setMember(container, key, value);
};

const erase: Edit = (container, key) => {
  if (Array.isArray(container)) {
    const index = arrayIndex(key);
    if (index === undefined || index >= container.length) throw inapplicablePatch(`Unable to access invalid index: ${key}: invalid index referenced`);
    container.splice(index, 1);
  } else {
    if (!Object.hasOwn(container, key)) throw inapplicablePatch(`error in remove for path: '${key}': Unable to remove nonexistent key: ${key}: missing value`);
    delete container[key];
  }
};

function find(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const part of path) value = Array.isArray(value) || isObject(value) ? member(value, part) : undefined;
  return value;
}

function lookUp(document: unknown, path: readonly string[], operation: Operation): unknown {
  const value = find(document, path);
  if (value === undefined) throw missingPath(operation);
  return value;
}

function member(container: readonly unknown[] | Readonly<Record<string, unknown>>, key: string): unknown {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
  const index = arrayIndex(key);
  return index === undefined ? undefined : (container as unknown[])[index];
}

function arrayIndex(key: string): number | undefined {
  return /^(0|[1-9]\d{0,9})$/.test(key) ? Number(key) : undefined;
}

function missingPath({ op, pointer }: Operation): StatusError {
  return inapplicablePatch(`${op} operation does not apply: doc is missing ${op === 'replace' ? 'key' : 'path'}: "${pointer}": missing value`);
}
