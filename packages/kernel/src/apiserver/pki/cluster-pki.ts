import { X509Certificate } from 'node:crypto';
import type { Clock } from '@keelson/sdk';
import { createAuthority, isCurrent, isUsableLeaf, issueLeaf, type KeyedCertificate, type LeafRequest, type Validity } from './certificate.ts';
import { signCertificateRequest } from './certificate-request.ts';
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
}

/** Opens the certificates of a cluster; nothing is read or made before the first call. */
export function openClusterPki(folder: KeyFolder, options: { readonly clock: Clock; readonly firstServiceAddress?: string }): ClusterPki {
  const { clock } = options;
  let authority: Promise<Authority> | undefined;
  let signingKey: Promise<SigningKey> | undefined;
  const ca = () => (authority ??= ensureAuthority(folder, clock));
  const leaves = new Map<string, { readonly since: number; readonly leaf: Promise<KeyedCertificate> }>();
  // Asked for again, by who started early what another part of the start needs later, it is the same one.
  const leaf = (file: string, request: LeafRequest): Promise<KeyedCertificate> => {
    const key = JSON.stringify([file, request]);
    const known = leaves.get(key);
    if (known !== undefined && clock.now() - known.since < day) return known.leaf;
    const made = ca().then((authority) => ensureLeaf(folder, clock, { file, authority, request }));
    leaves.set(key, { since: clock.now(), leaf: made });
    return made;
  };
  return {
    authority: async () => {
      const { pair, saved } = await ca();
      await saved;
      return pair.certificate;
    },
    serving: (hosts = []) =>
      leaf('apiserver', {
        commonName: 'kube-apiserver',
        usage: 'server',
        hosts: [...new Set([...standardHosts, options.firstServiceAddress ?? '10.96.0.1', ...hosts])],
      }),
    client: (file, user) =>
      leaf(`client-${file}`, { commonName: user.name, organizations: user.groups ?? [], usage: 'client' }),
    signRequest: async (request, how) => signCertificateRequest((await ca()).pair, request, how),
    serviceAccountKey: () => (signingKey ??= ensureSigningKey(folder)),
  };
}

/** An authority can sign before it is on disk, but nothing that it signed is handed out before. */
interface Authority {
  readonly pair: KeyedCertificate;
  readonly saved: Promise<void>;
}

async function ensureAuthority(folder: KeyFolder, clock: Clock): Promise<Authority> {
  const stored = await readPair(folder, 'ca');
  if (stored !== undefined && isCurrent(new X509Certificate(stored.certificate), { now: clock.now(), marginMs: 0 })) return { pair: stored, saved: Promise.resolve() };
  const pair = await createAuthority('keelson-ca', { notBefore: clock.now() - backdate, notAfter: clock.now() + authorityLife });
  const saved = writePair(folder, 'ca', pair);
  saved.catch(() => undefined); // whoever asks for the authority or a leaf is told
  return { pair, saved };
}

async function ensureLeaf(
  folder: KeyFolder,
  clock: Clock,
  want: { readonly file: string; readonly authority: Authority; readonly request: LeafRequest },
): Promise<KeyedCertificate> {
  const { pair, saved } = want.authority;
  const stored = await readPair(folder, want.file);
  const at = { now: clock.now(), marginMs: renewalMargin };
  if (stored !== undefined && isUsableLeaf(pair, stored, want.request, at)) return stored;
  const made = await issueLeaf(pair, want.request, { notBefore: at.now - backdate, notAfter: at.now + leafLife });
  await Promise.all([writePair(folder, want.file, made), saved]);
  return made;
}

async function ensureSigningKey(folder: KeyFolder): Promise<SigningKey> {
  const stored = await folder.read('sa.key');
  if (stored !== undefined) return readSigningKey(stored);
  const made = createSigningKey('ES256');
  await folder.write('sa.key', made.privateKey);
  return made;
}

async function readPair(folder: KeyFolder, name: string): Promise<KeyedCertificate | undefined> {
  const [certificate, privateKey] = await Promise.all([folder.read(`${name}.crt`), folder.read(`${name}.key`)]);
  return certificate === undefined || privateKey === undefined ? undefined : { certificate, privateKey };
}

async function writePair(folder: KeyFolder, name: string, pair: KeyedCertificate): Promise<void> {
  // The key first: a certificate without its key would look complete to nobody, but is harder to explain.
  await folder.write(`${name}.key`, pair.privateKey);
  await folder.write(`${name}.crt`, pair.certificate);
}
