import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseDocument, stringify, type Document } from 'yaml';
import type { KeyedCertificate } from './certificate.ts';
import { writePrivateFile } from './key-folder.ts';

/** One cluster as a kubeconfig names it; all entries are called `keelson-<name>`. */
export interface KubeconfigEntry {
  readonly name: string;
  /** `https://host:port`. */
  readonly server: string;
  /** PEM. */
  readonly authority: string;
  readonly client: KeyedCertificate;
  readonly namespace?: string;
}

/** Context name of a cluster. */
export function contextName(cluster: string): string {
  return `keelson-${cluster}`;
}

/** A complete kubeconfig for one cluster, certificates embedded. */
export function formatKubeconfig(entry: KubeconfigEntry): string {
  const { name, cluster, user, context } = sections(entry);
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    contexts: [{ name, context }],
    'current-context': name,
    preferences: {},
    users: [{ name, user }],
  });
}

/**
 * Adds or replaces the cluster's own entries in an existing kubeconfig text; every other entry, comments included,
 * stays. Throws when the text is no kubeconfig.
 */
export function mergeKubeconfig(existing: string, entry: KubeconfigEntry, options: { readonly makeCurrent?: boolean } = {}): string {
  if (existing.trim() === '') return formatKubeconfig(entry);
  const document = openKubeconfig(existing);
  const { name, cluster, user, context } = sections(entry);
  putNamed(document, 'clusters', { name, cluster });
  putNamed(document, 'contexts', { name, context });
  putNamed(document, 'users', { name, user });
  const current = document.get('current-context');
  if (options.makeCurrent !== false || current === undefined || current === '') document.set('current-context', name);
  return document.toString();
}

/** Removes the cluster's own entries and nothing else. */
export function removeFromKubeconfig(existing: string, cluster: string): string {
  const document = openKubeconfig(existing);
  const name = contextName(cluster);
  for (const section of ['clusters', 'contexts', 'users']) {
    const index = namesIn(document, section).indexOf(name);
    if (index >= 0) document.deleteIn([section, index]);
  }
  if (document.get('current-context') === name) document.set('current-context', '');
  return document.toString();
}

/** Writes the entry to a file of mode 0600, merged with what is there. */
export async function writeKubeconfig(path: string, entry: KubeconfigEntry, options: { readonly makeCurrent?: boolean } = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  let existing = '';
  try {
    existing = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // A file of ours alone is written anew at every start; one that holds more must not be lost in a crash.
  await writePrivateFile(path, mergeKubeconfig(existing, entry, options), { durable: existing !== '' });
}

function sections(entry: KubeconfigEntry) {
  const name = contextName(entry.name);
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  return {
    name,
    cluster: { 'certificate-authority-data': base64(entry.authority), server: entry.server },
    user: { 'client-certificate-data': base64(entry.client.certificate), 'client-key-data': base64(entry.client.privateKey) },
    context: { cluster: name, user: name, ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }) },
  };
}

function openKubeconfig(text: string): Document {
  const document = parseDocument(text);
  const shown: unknown = document.toJS();
  if (document.errors.length > 0 || typeof shown !== 'object' || shown === null || (shown as { kind?: unknown }).kind !== 'Config') {
    throw new Error('kubeconfig: the existing file is not a kubeconfig; choose another path or repair it');
  }
  return document;
}

function putNamed(document: Document, section: string, item: Readonly<Record<string, unknown>>): void {
  const names = namesIn(document, section);
  if (names.length === 0) {
    document.set(section, document.createNode([item]));
    return;
  }
  const index = names.indexOf(item['name']);
  if (index >= 0) document.setIn([section, index], document.createNode(item));
  else document.addIn([section], document.createNode(item));
}

function namesIn(document: Document, section: string): unknown[] {
  const list: unknown = (document.toJS() as Record<string, unknown>)[section];
  return Array.isArray(list) ? list.map((item: unknown) => (item as { name?: unknown } | null)?.name) : [];
}
