import { randomInt } from 'node:crypto';
import type { Clock, Random } from '@keelson/sdk';
import { InvalidRequestError, type LeaseId } from '../contract.ts';
import { EtcdCallError } from './failure.ts';
import { MalformedMessageError } from './protocol/message-reader.ts';
import { authenticateRequest, compactionRequest, leaseGrantRequest, leaseRequest, rangeRequest, watchCreateRequest, type KeyBounds, type RangeOptions } from './protocol/requests.ts';
import { authenticateResponse, leaseResponse, rangeResponse, revisionOf, txnResponse, watchResponse, type LeaseResponse, type RangeResponse, type TxnResponse, type WatchResponse } from './protocol/responses.ts';
import { Channel } from './transport/channel.ts';
import type { TlsFiles } from './transport/session.ts';

export interface EtcdConnectionOptions {
  /** Client URLs of the members, `http://` or `https://`. */
  readonly endpoints: readonly string[];
  /** Certificates in PEM; absent with `https://` endpoints: the system's own authorities. */
  readonly tls?: TlsFiles;
  readonly auth?: { readonly username: string; readonly password: string };
  /** Longest time for one attempt, milliseconds. Default 5000. */
  readonly attemptMs?: number;
  /** Spreads clients over members and over time. Default: the system's generator. */
  readonly random?: Pick<Random, 'next'>;
}

/** What a watch calls. */
export interface WatchAnswers {
  response(response: WatchResponse): void;
  /** The stream ended by itself, or its bytes made no sense. */
  end(error: Error): void;
}

/** The calls that the driver makes. All reject with `EtcdCallError`. */
export class EtcdClient {
  readonly #channel: Channel;

  /** Connects with the first call. Throws `InvalidRequestError` for endpoints that are no URLs. */
  constructor({ endpoints, tls, auth, attemptMs = 5000, random = systemRandom }: EtcdConnectionOptions, clock: Clock) {
    if (endpoints.length === 0) throw new InvalidRequestError('no etcd endpoint is given; name at least one client URL, such as http://127.0.0.1:2379');
    const request = auth === undefined ? undefined : authenticateRequest(auth);
    this.#channel = new Channel({
      endpoints: endpoints.map(urlOf),
      clock,
      random,
      tls,
      attemptMs,
      authenticate: request === undefined ? undefined : async (session) => authenticateResponse(await session.unary('/etcdserverpb.Auth/Authenticate', request)),
    });
  }

  async range(options: RangeOptions): Promise<RangeResponse> {
    return decode(rangeResponse, await this.#channel.unary('/etcdserverpb.KV/Range', rangeRequest(options)));
  }

  /** `request`: from `txnRequest`; may be sent again. */
  async txn(request: Buffer): Promise<TxnResponse> {
    return decode(txnResponse, await this.#channel.unary('/etcdserverpb.KV/Txn', request));
  }

  async compact(revision: number): Promise<void> {
    await this.#channel.unary('/etcdserverpb.KV/Compact', compactionRequest(revision));
  }

  async leaseGrant(id: LeaseId, ttlSeconds: number): Promise<LeaseResponse> {
    return decode(leaseResponse, await this.#channel.unary('/etcdserverpb.Lease/LeaseGrant', leaseGrantRequest(id, ttlSeconds)));
  }

  /** Resolves to the store's revision. */
  async leaseRevoke(id: LeaseId): Promise<number> {
    return decode(revisionOf, await this.#channel.unary('/etcdserverpb.Lease/LeaseRevoke', leaseRequest(id)));
  }

  /** Renews once: etcd answers each request on this stream once, so that one of each is like any other call. */
  async leaseKeepAlive(id: LeaseId): Promise<LeaseResponse> {
    return decode(leaseResponse, await this.#channel.unary('/etcdserverpb.Lease/LeaseKeepAlive', leaseRequest(id)));
  }

  /** Resolves when the request is on its way. */
  watch(bounds: KeyBounds, startRevision: number, answers: WatchAnswers): Promise<{ cancel(): void }> {
    return this.#channel.stream('/etcdserverpb.Watch/Watch', watchCreateRequest(bounds, startRevision), {
      message: (message) => answers.response(decode(watchResponse, message)),
      end: (error) => answers.end(error),
    });
  }

  close(): void {
    this.#channel.close();
  }
}

/** Chance where none is injected. */
export const systemRandom = { next: (): number => randomInt(2 ** 32) / 2 ** 32 };

function urlOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.origin;
  throw new InvalidRequestError(`${endpoint} is no etcd endpoint; write a client URL, such as http://127.0.0.1:2379`);
}

function decode<T>(decoder: (message: Buffer) => T, message: Buffer): T {
  try {
    return decoder(message);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    throw new EtcdCallError('unknown', `an answer of etcd cannot be read: ${error.message}`, { cause: error });
  }
}
