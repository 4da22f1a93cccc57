import { KeelsonError } from '@keelson/sdk';
import type { KeyFolder } from './key-folder.ts';

/** Of an authority that is there and cannot be used. What OpenSSL says names no part of a key. */
export function badAuthority(folder: KeyFolder, file: string, error: unknown): KeelsonError {
  return new KeelsonError('KEEL_BAD_AUTHORITY', `${folder.pathOf(file)} cannot be used: ${reason(error)}; ${wayOut(folder)}`);
}

/** Of a certificate whose key is gone. */
export function lostAuthorityKey(folder: KeyFolder): KeelsonError {
  return new KeelsonError('KEEL_BAD_AUTHORITY', `${folder.pathOf('ca.crt')} is there without its key ca.key; ${wayOut(folder)}`);
}

/** Of a key for service-account tokens that cannot be read. */
export function badSigningKey(folder: KeyFolder, error: unknown): KeelsonError {
  return new KeelsonError('KEEL_BAD_SIGNING_KEY', `${folder.pathOf('sa.key')} cannot be used: ${reason(error)}; restore it from a backup, or remove it: the next start makes a new one, and every service-account token issued so far ends`);
}

function wayOut(folder: KeyFolder): string {
  return `restore it from a backup, or remove ${folder.pathOf('ca.crt')} and ca.key: the next start makes a new authority and a new kubeconfig, and whoever holds a certificate or a kubeconfig of the old one has to get a new one`;
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^error:|PEM|DECODER|asn1|wrong tag/i.test(message) ? 'it is not PEM of the expected kind, or damaged' : message;
}
