import type { TLSSocket } from 'node:tls';
import type { Credentials } from '@keelson/sdk/auth';

export type ClientCertificate = NonNullable<Credentials['clientCertificate']>;

/** What a connection shows: no certificate, one that the client CA signed, or one to refuse. */
export type PeerIdentity =
  | { readonly kind: 'none' }
  | { readonly kind: 'certificate'; readonly certificate: ClientCertificate }
  | { readonly kind: 'untrusted' };

const none: PeerIdentity = Object.freeze({ kind: 'none' });
const untrusted: PeerIdentity = Object.freeze({ kind: 'untrusted' });
const cache = new WeakMap<object, PeerIdentity>();

/**
 * Identity of a TLS connection whose server asks for certificates without insisting (`requestCert: true,
 * rejectUnauthorized: false`). Read once per connection: the certificate cannot change on TLS 1.3 and
 * renegotiation is off.
 */
export function peerIdentity(socket: TLSSocket): PeerIdentity {
  const known = cache.get(socket);
  if (known !== undefined) return known;
  const identity = readPeer(socket);
  cache.set(socket, identity);
  return identity;
}

function readPeer(socket: TLSSocket): PeerIdentity {
  // On a resumed session Node still has the peer certificate; an empty object means that none was sent.
  const peer = socket.getPeerCertificate() as Partial<ReturnType<TLSSocket['getPeerCertificate']>> | null;
  if (peer === null || peer.subject === undefined || peer.fingerprint256 === undefined) return none;
  if (!socket.authorized) return untrusted;
  const [commonName] = listOf(peer.subject.CN);
  if (commonName === undefined || commonName === '') return untrusted;
  return {
    kind: 'certificate',
    certificate: Object.freeze({
      commonName,
      organizations: Object.freeze(listOf(peer.subject.O)),
      fingerprint: peer.fingerprint256.replaceAll(':', '').toLowerCase(),
    }),
  };
}

/** Node shows a repeated attribute as an array, against its own type. */
function listOf(value: string | readonly string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : [...value];
}
