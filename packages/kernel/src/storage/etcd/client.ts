import { randomInt } from 'node:crypto';
import type { Clock, Random } from '@keelson/sdk';
import { InvalidRequestError, type LeaseId } from '../contract.ts';
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
      authenticate: request === undefined ? undefined : (session) => session.unary('/etcdserverpb.Auth/Authenticate', request, authenticateResponse),
    });
  }

  range(options: RangeOptions): Promise<RangeResponse> {
    return this.#channel.unary('/etcdserverpb.KV/Range', rangeRequest(options), rangeResponse);
  }

  /** `request`: from `txnRequest`; may be sent again. */
  txn(request: Buffer): Promise<TxnResponse> {
    return this.#channel.unary('/etcdserverpb.KV/Txn', request, txnResponse);
  }

  /** Resolves to the store's revision. */
  compact(revision: number): Promise<number> {
    return this.#channel.unary('/etcdserverpb.KV/Compact', compactionRequest(revision), revisionOf);
  }

  leaseGrant(id: LeaseId, ttlSeconds: number): Promise<LeaseResponse> {
    return this.#channel.unary('/etcdserverpb.Lease/LeaseGrant', leaseGrantRequest(id, ttlSeconds), leaseResponse);
  }

  /** Resolves to the store's revision. */
  leaseRevoke(id: LeaseId): Promise<number> {
    return this.#channel.unary('/etcdserverpb.Lease/LeaseRevoke', leaseRequest(id), revisionOf);
  }

  /** Renews once: etcd answers each request on this stream once, so that one of each is like any other call. */
  leaseKeepAlive(id: LeaseId): Promise<LeaseResponse> {
    return this.#channel.unary('/etcdserverpb.Lease/LeaseKeepAlive', leaseRequest(id), leaseResponse);
  }

  /** Resolves when the request is on its way. */
  watch(bounds: KeyBounds, startRevision: number, answers: WatchAnswers): Promise<{ cancel(): void }> {
    return this.#channel.stream('/etcdserverpb.Watch/Watch', watchCreateRequest(bounds, startRevision), {
      message: (message) => answers.response(watchResponse(message)),
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
