import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import { Node, type Pod } from '@keelson/api/core/v1';
import { StatusError, type Clock } from '@keelson/sdk';
import type { CacheLookup } from '../registry/cache-lookup.ts';

/** By which the API server is known to nodes, and by which it knows them. */
export interface NodeCredentials {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: string;
}

/** Where a node's agent is asked. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** For a connection to be made, milliseconds. */
const patience = 10_000;

/** Connections of the API server to the agents of nodes, over TLS with certificates on both sides. */
export class NodeLink {
  constructor(
    private readonly lookup: Pick<CacheLookup, 'get' | 'ready'>,
    private readonly credentials: () => Promise<NodeCredentials>,
    private readonly clock: Clock,
  ) {}

  /** @throws StatusError in upstream's words when the pod is on no node, or the node has no address */
  async addressOf(pod: Pod): Promise<NodeAddress> {
    const name = pod.spec.nodeName ?? '';
    if (name === '') throw new StatusError('BadRequest', `pod ${pod.metadata.name} does not have a host assigned`);
    await this.lookup.ready(Node);
    const node = this.lookup.get(Node, { name });
    if (node === undefined) throw new StatusError('NotFound', `nodes "${name}" not found`, { kind: 'nodes', name });
    const host = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port;
    if (host === undefined || port === undefined) throw new StatusError('ServiceUnavailable', `node ${name} has no address by which its agent can be asked`);
    return { host, port };
  }

  /** A connection that is being made; it fails with `error` when the agent's certificate is not the cluster's. */
  async connect({ host, port }: NodeAddress): Promise<TLSSocket> {
    const { certificate: cert, privateKey: key, authority: ca } = await this.credentials();
    const socket = connect({ host, port, cert, key, ca, minVersion: 'TLSv1.2' });
    socket.setNoDelay(true);
    const timer = this.clock.after(patience, () => socket.destroy(new Error(`no answer within ${patience / 1000} s`)));
    socket.once('secureConnect', () => timer.cancel());
    socket.once('close', () => timer.cancel());
    return socket;
  }

  /** The agent's answer to a GET, as it begins. */
  async get({ host, port }: NodeAddress, path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { certificate: cert, privateKey: key, authority: ca } = await this.credentials();
    return new Promise((resolve, reject) => {
      const asking = httpsRequest({ host, port, path, cert, key, ca, agent: false, signal }, resolve);
      asking.on('error', reject);
      asking.end();
    });
  }
}

/** The Status for a node that cannot be reached. */
export function unreachable({ host, port }: NodeAddress, error: unknown): StatusError {
  return new StatusError('InternalError', `error dialing backend: dial tcp ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`);
}
