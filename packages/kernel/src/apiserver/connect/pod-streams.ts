import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Pod } from '@keelson/api/core/v1';
import { StatusError } from '@keelson/sdk';
import type { UserInfo } from '@keelson/sdk/auth';
import type { ApiServer } from '../api-server.ts';
import { noSuchPath, notFound } from '../api-errors.ts';
import { readImpersonation } from '../authentication/index.ts';
import { parseResourcePath, type ResourcePath } from '../routing/resource-path.ts';
import { credentialsOf } from '../server/credentials.ts';
import { pairs } from '../server/raw-headers.ts';
import { asStatusError } from '../server/respond.ts';
import { containerIn } from './container-of.ts';
import { unreachable } from './node-link.ts';
import { tunnel } from './tunnel.ts';

/** Path of the agent for a stream of a pod. */
const agentPaths: Readonly<Record<string, string>> = { exec: 'exec', attach: 'attach', portforward: 'portForward' };

/**
 * Streams of pods (`exec`, `attach`, `portforward`): who asks is checked here, then the connection is handed through to the
 * node's agent, which speaks the client's protocol. Never throws: a refusal is a Status before the upgrade.
 */
export class PodStreams {
  constructor(private readonly server: ApiServer) {}

  readonly handle = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => undefined);
    this.#serve(request, socket, head).catch((error: unknown) => refuse(socket, asStatusError(error, this.server.context.log)));
  };

  async #serve(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://server');
    const path = parseResourcePath(url.pathname);
    const agentPath = path?.group === '' && path.version === 'v1' && path.plural === 'pods' ? agentPaths[path.subresource] : undefined;
    const user = await this.#callerOf(request);
    if (path === undefined || agentPath === undefined || path.namespace === undefined || path.name === undefined) throw noSuchPath();
    await this.#authorize(user, path);
    const link = this.server.nodes;
    if (link === undefined) throw new StatusError('BadRequest', `${path.subresource} is not supported by this cluster: no runtime of its nodes offers it`);
    const { lookup } = this.server.context;
    await lookup.ready(Pod);
    const pod = lookup.get(Pod, { namespace: path.namespace, name: path.name });
    if (pod === undefined) throw notFound(Pod, path.name);
    const address = await link.addressOf(pod);
    const container = path.subresource === 'portforward' ? '' : `/${encodeURIComponent(containerIn(pod, url.searchParams.get('container') ?? undefined))}`;
    url.searchParams.delete('container');
    const target = `/${agentPath}/${encodeURIComponent(path.namespace)}/${encodeURIComponent(path.name)}${container}?${url.searchParams.toString()}`;
    try {
      await tunnel(request, socket, head, { socket: await link.connect(address), connected: 'secureConnect', host: `${address.host}:${address.port}`, path: target });
    } catch (error) {
      throw unreachable(address, error);
    }
  }

  async #callerOf(request: IncomingMessage): Promise<UserInfo> {
    const header = (name: string): string | undefined => [request.headers[name]].flat()[0];
    const caller = await this.server.authenticate(credentialsOf({ socket: request.socket as TLSSocket, header }));
    const impersonation = readImpersonation(caller, pairs(request.rawHeaders));
    if (impersonation === undefined) return caller;
    for (const check of impersonation.checks) await this.server.context.authorize(check);
    return impersonation.user;
  }

  /** Always `create`, also for a WebSocket's GET: whoever may only look must not run commands. */
  async #authorize(user: UserInfo, { subresource, namespace, name }: ResourcePath): Promise<void> {
    await this.server.context.authorize({ user, verb: 'create', group: '', version: 'v1', resource: 'pods', subresource, namespace, name, path: undefined });
  }
}

function refuse(socket: Duplex, status: StatusError): void {
  const body = JSON.stringify(status.toStatus());
  socket.end(`HTTP/1.1 ${status.httpCode} ${status.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
