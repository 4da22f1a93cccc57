import type { Kind, KubeObject } from '@keelson/api';
import { deepFreeze } from '../../watch/index.ts';
import { setMember } from '../patch/json-value.ts';

/**
 * Layout of a stored object: `{"kind":K,"apiVersion":V,"metadata":{"resourceVersion":"0"<spaces>,…},…}`. The room
 * behind the resourceVersion is filled in place when the store assigns the revision (spaces between tokens are legal
 * JSON), so one buffer serves the log, the cache, every GET, LIST and WATCH without another serialization.
 */
const marker = '"resourceVersion":"';
const markerBytes = Buffer.from(marker, 'latin1');
/** Digits of the largest safe integer, the closing quote, and the comma or brace stays outside. */
const room = 17;
const ownersMarker = ',"managedFields":';
const quote = 0x22;
const openBrace = 0x7b;
const comma = 0x2c;
const emptyRoom = `0"${' '.repeat(room - 2)}`;

/**
 * Serializes an object of a kind, with room for its resourceVersion; whatever version it carries is left out.
 * `managedFields`: JSON that takes the place of the object's own.
 */
export function serializeObject(kind: Pick<Kind, 'kind' | 'apiVersion'>, object: KubeObject, managedFields?: string): Buffer {
  const metadata = members(object.metadata, (name) => name !== 'resourceVersion' && (managedFields === undefined || name !== 'managedFields'));
  const rest = members(object, (name) => name !== 'kind' && name !== 'apiVersion' && name !== 'metadata');
  const owners = managedFields === undefined ? '' : ownersMarker + managedFields;
  return joinedBytes([`{"kind":"${kind.kind}","apiVersion":"${kind.apiVersion}","metadata":{${marker}${emptyRoom}`, owners, metadata, rest]);
}

/**
 * What {@link parseFrozen} gives for bytes that {@link serializeObject} made of the same arguments, made of the object
 * itself, which is frozen; `managedFields` are parsed if somebody asks for them. Only for JSON values that nobody changes
 * any more.
 */
export function storedObject(kind: Pick<Kind, 'kind' | 'apiVersion'>, object: KubeObject, managedFields: string | undefined, bytes: Buffer): KubeObject {
  const start = bytes.indexOf(markerBytes) + markerBytes.length;
  const resourceVersion = bytes.toString('latin1', start, bytes.indexOf(quote, start));
  const metadata: Record<string, unknown> = managedFields === undefined ? { resourceVersion } : withOwners(resourceVersion, bytes, start + room + ownersMarker.length, Buffer.byteLength(managedFields));
  copyMembers(object.metadata, metadata, (name) => name !== 'resourceVersion' && (managedFields === undefined || name !== 'managedFields'));
  const result: Record<string, unknown> = { kind: kind.kind, apiVersion: kind.apiVersion, metadata: Object.freeze(metadata) };
  copyMembers(object, result, (name) => name !== 'kind' && name !== 'apiVersion' && name !== 'metadata');
  return Object.freeze(result) as unknown as KubeObject;
}

/** Reads the owners out of the bytes, which are there anyway, so that the object does not keep their text as well. */
function withOwners(resourceVersion: string, bytes: Buffer, at: number, length: number): Record<string, unknown> {
  let parsed: unknown;
  return {
    resourceVersion,
    get managedFields() {
      parsed ??= deepFreeze(JSON.parse(bytes.toString('utf8', at, at + length)) as unknown);
      return parsed;
    },
  };
}

function copyMembers(from: object, to: Record<string, unknown>, wanted: (name: string) => boolean): void {
  for (const name in from) {
    const value = (from as Record<string, unknown>)[name];
    if (value !== undefined && wanted(name)) setMember(to, name, frozenJson(value));
  }
}

/** Freezes at every depth what JSON keeps of a value: members that are undefined do not count. */
function frozenJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    for (const item of value) frozenJson(item);
  } else {
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key];
      if (member === undefined) delete (value as Record<string, unknown>)[key];
      else if (typeof member === 'object') frozenJson(member);
    }
  }
  return Object.freeze(value);
}

/** The wanted members as a JSON object to be joined to another, or the end of that if there are none. */
function members(object: object, wanted: (name: string) => boolean): string {
  const copy: Record<string, unknown> = {};
  for (const name in object) if (wanted(name)) copy[name] = (object as Record<string, unknown>)[name];
  const text = JSON.stringify(copy);
  return text.length > 2 ? text : '}';
}

/** Writes a revision into bytes made by {@link serializeObject}, in place. */
export function stampRevision(bytes: Buffer, revision: number): void {
  const at = bytes.indexOf(markerBytes);
  if (at < 0) return;
  const start = at + markerBytes.length;
  const text = `${revision}"`.padEnd(room, ' ');
  bytes.write(text, start, room, 'latin1');
}

/**
 * Texts one after the other in a buffer of its own, exactly as long as needed: pooled ones keep 8 KiB alive and cost a
 * third more memory. Joined as texts, they would be copied once more. An object that is not the first text goes on with
 * the one before it: its brace becomes a comma.
 */
function joinedBytes(texts: readonly string[]): Buffer {
  let length = 0;
  for (const text of texts) length += Buffer.byteLength(text, 'utf8');
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const text of texts) {
    // What fits as one byte a character is ASCII, which can be copied as it is.
    const size = Buffer.byteLength(text, 'utf8');
    const start = at;
    at += bytes.write(text, at, size, size === text.length ? 'latin1' : 'utf8');
    if (start > 0 && bytes[start] === openBrace) bytes[start] = comma;
  }
  return bytes;
}

/** True if two serializations describe the same object, whatever their revisions. */
export function sameContent(a: Buffer, b: Buffer): boolean {
  if (a.length !== b.length) return false;
  const start = a.indexOf(markerBytes) + markerBytes.length;
  return a.compare(b, 0, start, 0, start) === 0 && a.compare(b, start + room, b.length, start + room, a.length) === 0;
}
