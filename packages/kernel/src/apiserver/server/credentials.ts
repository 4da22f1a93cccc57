import type { Credentials } from '@keelson/sdk/auth';
import { peerIdentity, unauthorized } from '../authentication/index.ts';
import type { HttpExchange } from './http-exchange.ts';

/** What a request shows of its caller. Errors: 401 for a certificate that the client CA did not sign. */
export function credentialsOf(exchange: Pick<HttpExchange, 'socket' | 'header'>): Credentials {
  const peer = peerIdentity(exchange.socket);
  if (peer.kind === 'untrusted') throw unauthorized();
  const authorization = exchange.header('authorization');
  return {
    clientCertificate: peer.kind === 'certificate' ? peer.certificate : undefined,
    bearerToken: authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7).trim() : undefined,
    header: (name) => exchange.header(name),
    remoteAddress: exchange.socket.remoteAddress,
  };
}
