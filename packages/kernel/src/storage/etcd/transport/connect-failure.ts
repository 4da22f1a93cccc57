/** Why no session with an endpoint came about. */
export interface ConnectFailure {
  /** What is wrong and the way out, to be read after the endpoint and a colon. */
  readonly text: string;
  /** Waiting will not help: another program answers there, or the certificates do not fit. */
  readonly permanent: boolean;
}

/** TLS works, but the server chose no HTTP/2. */
export const noHttp2: ConnectFailure = { text: 'it speaks TLS but not HTTP/2: give the client URL of an etcd member', permanent: true };

const untrusted = /UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|^CERT_|ERR_TLS_CERT_ALTNAME/;
const refusesOurs = /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|CERTIFICATE_UNKNOWN)|(certificate required|bad certificate|unknown ca)/i;
const noTls = /WRONG_VERSION_NUMBER|wrong version number|packet length too long|PACKET_LENGTH/;

/** Explains an error that came before the server had introduced itself; absent: it closed the connection. */
export function connectFailure(endpoint: string, error: (Error & { readonly code?: string }) | undefined): ConnectFailure {
  const secure = endpoint.startsWith('https:');
  const code = error?.code ?? '';
  const message = error?.message ?? '';
  if (code === 'ECONNREFUSED') return { text: 'connection refused: start etcd there, or give its client URL', permanent: false };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { text: `the host name cannot be resolved (${code})`, permanent: false };
  if (code.endsWith('NO_APPLICATION_PROTOCOL')) return noHttp2;
  if (untrusted.test(code)) return { text: `its certificate is not trusted (${code}): give the authority that signed it, and a host name that it names`, permanent: true };
  if (refusesOurs.test(`${code} ${message}`)) return { text: `it refuses the client certificate (${reason(code, message)}): give one signed by an authority it trusts`, permanent: true };
  if (noTls.test(`${code} ${message}`)) return { text: 'it does not speak TLS: write http:// if etcd listens without', permanent: true };
  const closed = error === undefined || code === 'ECONNRESET' || code === 'EPIPE';
  if (!secure && (closed || code.startsWith('ERR_HTTP2') || code.startsWith('NGHTTP2'))) {
    // A proxy whose server is not up yet closes too.
    return { text: 'it does not answer in HTTP/2: give the client URL of an etcd member, https:// if it wants TLS', permanent: !closed };
  }
  if (closed) return { text: 'it closed the connection during the TLS handshake: check that it is the client URL of an etcd member and which certificates it wants', permanent: false };
  return { text: `no connection (${reason(code, message)})`, permanent: false };
}

/** Connected, yet nothing came. */
export function silent(ms: number): ConnectFailure {
  return { text: `no answer within ${ms} ms`, permanent: false };
}

function reason(code: string, message: string): string {
  return code === '' ? message : code;
}
