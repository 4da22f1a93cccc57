import type { ConfigMap, Secret } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkConfigMapKey } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkForm, checkImmutable } from './rules.ts';

const largest = 1024 * 1024;

/** A ConfigMap. */
export function checkConfigMap({ data, binaryData }: ConfigMap, causes: Causes): void {
  let size = 0;
  for (const [key, value] of Object.entries(data ?? {})) {
    checkForm(key, `data[${key}]`, checkConfigMapKey, causes);
    if (binaryData?.[key] !== undefined) causes.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
    size += value.length;
  }
  for (const [key, value] of Object.entries(binaryData ?? {})) {
    checkForm(key, `binaryData[${key}]`, checkConfigMapKey, causes);
    size += decodedLength(value);
  }
  if (size > largest) causes.tooLong('', largest);
}

/** A change to a ConfigMap. */
export function checkConfigMapChange(next: ConfigMap, old: ConfigMap, causes: Causes): void {
  checkSealed(next, old, ['data', 'binaryData'], causes);
}

type Sealable = { immutable?: boolean | undefined; data?: unknown; binaryData?: unknown };

function checkSealed(next: Sealable, old: Sealable, parts: readonly ('data' | 'binaryData')[], causes: Causes): void {
  if (old.immutable !== true) return;
  if (next.immutable !== true) causes.forbidden('immutable', 'field is immutable when `immutable` is set');
  for (const part of parts) if (!isEqual(next[part], old[part])) causes.forbidden(part, 'field is immutable when `immutable` is set');
}

/** Keys that a Secret of a well-known type must have. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

/** A Secret. */
export function checkSecret({ data = {}, type = '', metadata }: Secret, causes: Causes): void {
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    checkForm(key, `data[${key}]`, checkConfigMapKey, causes);
    size += decodedLength(value);
  }
  if (size > largest) causes.tooLong('data', largest);
  for (const key of requiredKeys[type] ?? []) if (data[key] === undefined) causes.required(`data[${key}]`);
  if (type === 'kubernetes.io/basic-auth' && data['username'] === undefined && data['password'] === undefined) {
    causes.required('data[username]');
    causes.required('data[password]');
  }
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.['kubernetes.io/service-account.name']) {
    causes.required('metadata.annotations[kubernetes.io/service-account.name]');
  }
}

/** A change to a Secret. */
export function checkSecretChange(next: Secret, old: Secret, causes: Causes): void {
  checkImmutable(next.type, old.type, 'type', causes);
  checkSealed(next, old, ['data'], causes);
}

function decodedLength(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}
