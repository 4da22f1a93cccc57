import { isIP } from 'node:net';
import type { ConnectionConfig } from './connection-config.ts';
import type { Identity } from './authentication.ts';

/** What Node's TLS takes from a connection. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/** TLS options of a connection made as an identity. */
export function tlsOptions(config: ConnectionConfig, { cert, key }: Identity): TlsOptions {
  const host = new URL(config.server).hostname.replace(/^\[|\]$/g, '');
  const servername = config.tlsServerName ?? (isIP(host) === 0 ? host : undefined);
  return {
    ...(config.ca === undefined ? {} : { ca: config.ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    rejectUnauthorized: config.insecureSkipTlsVerify !== true,
  };
}
