import type { Clock } from '@keelson/sdk';
import type { Etcd3, IOptions, KVClient, LeaseClient, WatchClient } from 'etcd3';

export interface EtcdConnectionOptions {
  /** Client URLs of the members, `http://` or `https://`. */
  readonly endpoints: readonly string[];
  /** Certificates in PEM; absent with `https://` endpoints: the system's own authorities. */
  readonly tls?: { readonly ca: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  readonly auth?: { readonly username: string; readonly password: string };
  /** Longest time for one attempt, milliseconds. Default 5000. */
  readonly attemptMs?: number;
}

/** The three services that the driver uses. */
export interface EtcdClient {
  readonly kv: KVClient;
  readonly watch: WatchClient;
  readonly lease: LeaseClient;
  close(): void;
}

type FaultHandling = NonNullable<IOptions['faultHandling']>;
type Policy = ReturnType<NonNullable<FaultHandling['host']>>;

/** Calls end by their deadline; a signal for each of them would be work for nothing. */
const neverAborted = new AbortController().signal;

/**
 * Lets every call through. The library's default is a circuit breaker per host, which a watch that reconnects trips
 * again and again, so that writes fail for seconds after the server is back; the driver retries by itself instead.
 */
const passThrough = { execute: (call: (context: unknown) => unknown) => Promise.resolve().then(() => call({ signal: neverAborted })) } as unknown as Policy;

/** Loads the client library, which costs start-up time, and connects lazily. */
export async function connectEtcd({ endpoints, tls, auth, attemptMs = 5000 }: EtcdConnectionOptions, clock: Clock): Promise<EtcdClient> {
  const library = await import('etcd3');
  const options: IOptions = {
    hosts: [...endpoints],
    // Without a limit: a list of everything may be larger than the default of 4 MiB. Keep-alive finds dead peers.
    grpcOptions: {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5000,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
    },
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: clock.now() + attemptMs }),
    faultHandling: { host: () => passThrough, global: passThrough },
    ...(auth === undefined ? {} : { auth: { ...auth } }),
    ...(tls === undefined ? {} : { credentials: { rootCertificate: tls.ca, ...(tls.key === undefined ? {} : { privateKey: tls.key }), ...(tls.cert === undefined ? {} : { certChain: tls.cert }) } }),
  };
  const etcd: Etcd3 = new library.Etcd3(options);
  return { kv: etcd.kv, watch: etcd.watchClient, lease: etcd.leaseClient, close: () => etcd.close() };
}
