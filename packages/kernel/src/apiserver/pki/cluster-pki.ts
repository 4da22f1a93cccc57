import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Clock } from '@keelson/sdk';
import { createAuthority, isCurrent, isUsableLeaf, issueLeaf, newKeys, type KeyedCertificate, type LeafRequest, type Validity } from './certificate.ts';
import { signCertificateRequest } from './certificate-request.ts';
import { badAuthority, badSigningKey, lostAuthorityKey } from './damaged-files.ts';
import type { KeyFolder } from './key-folder.ts';
import { createSigningKey, readSigningKey, type SigningKey } from './signing-key.ts';

const day = 86_400_000;
const authorityLife = 3650 * day;
const leafLife = 365 * day;
/** A leaf that is this near its end is replaced at start. */
const renewalMargin = 60 * day;
/** Clocks of clients may run behind ours. */
const backdate = 3_600_000;

/** Names that every serving certificate carries. */
export const standardHosts: readonly string[] = [
  'localhost', '127.0.0.1', '::1', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local',
];

/** Certificates and keys of one cluster; everything is made on first use and kept in the folder. */
export interface ClusterPki {
  /** PEM of the authority that signs serving and client certificates. */
  authority(): Promise<string>;
  /** Serving certificate for the standard names, the first service address and the given names. */
  serving(hosts?: readonly string[]): Promise<KeyedCertificate>;
  /** Client certificate; CN is the user, O are the groups. Stored under `client-<file>`, renewed when near its end. */
  client(file: string, user: { readonly name: string; readonly groups?: readonly string[] }): Promise<KeyedCertificate>;
  /** Signs a certificate request as it is; see `signCertificateRequest`. */
  signRequest(request: string, options: Validity & { readonly usages: readonly string[] }): Promise<string>;
  /** Signs service-account tokens. */
  serviceAccountKey(): Promise<SigningKey>;
  /** Resolves when what was asked for is on disk: before, nothing of it is to leave the process. Rejects when it cannot be. */
  saved(): Promise<void>;
}

/** Opens the certificates of a cluster; nothing is read or made before the first call. */
export function openClusterPki(folder: KeyFolder, options: { readonly clock: Clock; readonly firstServiceAddress?: string }): ClusterPki {
  const { clock } = options;
  let authority: Promise<KeyedCertificate> | undefined;
  let signingKey: Promise<SigningKey> | undefined;
  const ca = () => (authority ??= ensureAuthority(folder, clock, keep));
  const writes: Promise<void>[] = [];
  const keep = (written: Promise<void>): void => {
    written.catch(() => undefined); // who asks whether all is saved is told
    writes.push(written);
  };
  const leaves = new Map<string, { readonly since: number; readonly leaf: Promise<KeyedCertificate> }>();
  // Asked for again, by who started early what another part of the start needs later, it is the same one.
  const leaf = (file: string, request: LeafRequest): Promise<KeyedCertificate> => {
    const key = JSON.stringify([file, request]);
    const known = leaves.get(key);
    if (known !== undefined && clock.now() - known.since < day) return known.leaf;
    const made = ensureLeaf(folder, clock, { file, authority: ca(), request, keep });
    leaves.set(key, { since: clock.now(), leaf: made });
    return made;
  };
  return {
    authority: async () => (await ca()).certificate,
    serving: (hosts = []) =>
      leaf('apiserver', {
        commonName: 'kube-apiserver',
        usage: 'server',
        hosts: [...new Set([...standardHosts, options.firstServiceAddress ?? '10.96.0.1', ...hosts])],
      }),
    client: (file, user) =>
      leaf(`client-${file}`, { commonName: user.name, organizations: user.groups ?? [], usage: 'client' }),
    signRequest: async (request, how) => signCertificateRequest(await ca(), request, how),
    serviceAccountKey: () => (signingKey ??= ensureSigningKey(folder, keep)),
    saved: async () => {
      await Promise.all([authority, signingKey, ...[...leaves.values()].map(({ leaf: made }) => made)]);
      await Promise.all(writes);
    },
  };
}

/** Told of each write: what is made can be used at once, and need only be on disk before it is handed out. */
type Keep = (written: Promise<void>) => void;

async function ensureAuthority(folder: KeyFolder, clock: Clock, keep: Keep): Promise<KeyedCertificate> {
  const { certificate, privateKey } = await readHalves(folder, 'ca');
  // The other way round is a start that was cut off while it made them: the key is written first.
  if (certificate !== undefined && privateKey === undefined) throw lostAuthorityKey(folder);
  if (certificate !== undefined && privateKey !== undefined && isCurrent(readAuthority(folder, certificate, privateKey), { now: clock.now(), marginMs: 0 })) return { certificate, privateKey };
  const made = await createAuthority('keelson-ca', { notBefore: clock.now() - backdate, notAfter: clock.now() + authorityLife });
  keep(writePair(folder, 'ca', made));
  return made;
}

async function ensureLeaf(
  folder: KeyFolder,
  clock: Clock,
  want: { readonly file: string; readonly authority: Promise<KeyedCertificate>; readonly request: LeafRequest; readonly keep: Keep },
): Promise<KeyedCertificate> {
  want.authority.catch(() => undefined); // awaited below
  const stored = await readPair(folder, want.file);
  const keys = stored === undefined ? newKeys() : undefined;
  keys?.catch(() => undefined);
  const authority = await want.authority;
  const at = { now: clock.now(), marginMs: renewalMargin };
  if (stored !== undefined && isUsableLeaf(authority, stored, want.request, at)) return stored;
  const made = await issueLeaf(authority, want.request, { notBefore: at.now - backdate, notAfter: at.now + leafLife }, keys);
  want.keep(writePair(folder, want.file, made));
  return made;
}

async function ensureSigningKey(folder: KeyFolder, keep: Keep): Promise<SigningKey> {
  const stored = await folder.read('sa.key');
  if (stored !== undefined) {
    try {
      return readSigningKey(stored);
    } catch (error) {
      throw badSigningKey(folder, error);
    }
  }
  const made = createSigningKey('ES256');
  keep(folder.write('sa.key', made.privateKey));
  return made;
}

/** Never a damaged one: a cluster whose authority signs nothing would start, and fail later, somewhere else. */
function readAuthority(folder: KeyFolder, certificate: string, privateKey: string): X509Certificate {
  let file = 'ca.crt';
  try {
    const read = new X509Certificate(certificate);
    file = 'ca.key';
    if (!read.checkPrivateKey(createPrivateKey(privateKey))) throw new Error('it is the key of another certificate');
    return read;
  } catch (error) {
    throw badAuthority(folder, file, error);
  }
}

async function readHalves(folder: KeyFolder, name: string): Promise<Partial<KeyedCertificate>> {
  const [certificate, privateKey] = await Promise.all([folder.read(`${name}.crt`), folder.read(`${name}.key`)]);
  return { ...(certificate === undefined ? {} : { certificate }), ...(privateKey === undefined ? {} : { privateKey }) };
}

async function readPair(folder: KeyFolder, name: string): Promise<KeyedCertificate | undefined> {
  const { certificate, privateKey } = await readHalves(folder, name);
  return certificate === undefined || privateKey === undefined ? undefined : { certificate, privateKey };
}

async function writePair(folder: KeyFolder, name: string, pair: KeyedCertificate): Promise<void> {
  // The key first: a certificate without its key would look complete to nobody, but is harder to explain.
  await folder.write(`${name}.key`, pair.privateKey);
  await folder.write(`${name}.crt`, pair.certificate);
}
