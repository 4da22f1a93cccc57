import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Pod } from '@keelson/api/core/v1';
import { tunnel } from '@keelson/kernel/apiserver/connect';
import { StatusError, type Logger } from '@keelson/sdk';
import type { NodeServing } from '@keelson/sdk/auth';
import { runtimeFaultKind, type PodLogs, type PodRef, type StreamTarget } from '@keelson/sdk/runtime';
import { findContainer } from '../logs/find-container.ts';
import type { LocatedPod } from '../logs/pod-access.ts';
import { isAdministrator } from './caller.ts';
import { agentRequest, streamsIn, type AgentRequest } from './request-paths.ts';
import { serveLogs } from './serve-logs.ts';
import { resourceMetrics, statsSummary, type ContainerUsage, type NodeUsage } from './usage.ts';

export interface AgentServerOptions {
  readonly serving: NodeServing;
  readonly address: string;
  readonly port: number;
  readonly logs: PodLogs;
  readonly locate: (pod: PodRef) => LocatedPod | undefined;
  readonly pods: () => readonly Pod[];
  readonly usage: () => Promise<{ readonly node: NodeUsage; readonly containers: readonly ContainerUsage[] }>;
  readonly log: Logger;
}

/** Sockets of clients and of tunnels at once. */
const maxConnections = 2048;

/**
 * The kubelet's API over HTTPS: logs, streams of commands and ports, figures. Opens as soon as the node has a serving
 * certificate. Only administrators of the cluster are answered; the API server is one and asks on behalf of users.
 */
export class AgentServer {
  readonly #options: AgentServerOptions;
  readonly #sockets = new Set<Duplex>();
  #server: Server | undefined;
  #stopListening: (() => void) | undefined;

  constructor(options: AgentServerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopListening = this.#options.serving.onChange(() => this.#certified());
    this.#certified();
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #certified(): void {
    const { serving, address, port, log } = this.#options;
    const pair = serving.current();
    if (pair === undefined) return;
    const tls = { cert: pair.certificate, key: pair.privateKey, ca: serving.clientAuthority };
    if (this.#server !== undefined) {
      this.#server.setSecureContext(tls);
      return;
    }
    const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', noDelay: true });
    this.#server = server;
    server.maxConnections = maxConnections;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.#upgrade(request, socket, head));
    server.on('error', (error) => log.error('the agent cannot be asked for logs and streams', { address, port, error: error.message }));
    server.listen(port, address);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!isAdministrator(request.socket as TLSSocket)) throw new StatusError('Forbidden', 'only the API server and administrators may ask a node');
      const asked = agentRequest(request.url ?? '/');
      if (asked === undefined) throw new StatusError('NotFound', 'the node serves no such path');
      await this.#serve(asked, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else sendStatus(response, statusOf(error));
    }
  }

  async #serve(asked: AgentRequest, response: ServerResponse): Promise<void> {
    switch (asked.type) {
      case 'logs':
        return serveLogs(this.#options.logs, asked, response);
      case 'health':
        response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
        return;
      case 'pods':
        sendJson(response, 200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: this.#options.pods() });
        return;
      case 'stats':
      case 'resource-metrics': {
        const { node, containers } = await this.#options.usage();
        if (asked.type === 'stats') sendJson(response, 200, statsSummary(node, containers));
        else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(resourceMetrics(node, containers));
        return;
      }
      default:
        throw new StatusError('BadRequest', 'Upgrade request required');
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => undefined);
    try {
      if (!isAdministrator(request.socket as TLSSocket)) throw new StatusError('Forbidden', 'only the API server and administrators may ask a node');
      const asked = agentRequest(request.url ?? '/');
      if (asked?.type !== 'exec' && asked?.type !== 'attach' && asked?.type !== 'port-forward') throw new StatusError('NotFound', 'the node serves no such stream');
      const url = new URL(await this.#streamUrl(asked));
      const server = connect({ host: url.hostname, port: Number(url.port === '' ? '80' : url.port), noDelay: true });
      await tunnel(request, socket, head, { socket: server, connected: 'connect', host: url.host, path: `${url.pathname}${url.search}` });
    } catch (error) {
      refuse(socket, statusOf(error));
    }
  }

  #streamUrl(asked: Extract<AgentRequest, { readonly query: URLSearchParams; readonly uid: string | undefined }>): Promise<string> {
    const { namespace, pod, uid, query } = asked;
    const located = this.#options.locate({ namespace, name: pod, uid });
    if (located === undefined) throw new StatusError('NotFound', `pods "${pod}" not found`, { kind: 'pods', name: pod });
    const { state, runtime } = located;
    if (runtime.streamUrl === undefined) throw new StatusError('BadRequest', `the ${runtime.info.name} runtime of node ${state.pod.spec.nodeName ?? ''} offers no streams`);
    return runtime.streamUrl(targetOf(asked, located, query));
  }
}

function targetOf(asked: Extract<AgentRequest, { readonly uid: string | undefined }>, { state }: LocatedPod, query: URLSearchParams): StreamTarget {
  if (asked.type === 'port-forward') {
    if (state.sandbox?.state !== 'ready') throw new StatusError('BadRequest', `unable to forward port because pod is not running. Current status=${state.pod.status?.phase ?? 'Pending'}`);
    return { type: 'port-forward', sandboxId: state.sandbox.id, ports: query.getAll('ports').flatMap((text) => text.split(',')).map(Number).filter((port) => port > 0) };
  }
  const slot = findContainer(state, asked.container);
  if (!slot.running || slot.id === undefined) throw new StatusError('BadRequest', `container not found ("${asked.container}")`);
  const streams = streamsIn(query);
  if (!streams.stdin && !streams.stdout && !streams.stderr) throw new StatusError('BadRequest', 'you must specify at least 1 of stdin, stdout, stderr');
  return asked.type === 'exec' ? { type: 'exec', containerId: slot.id, command: query.getAll('command'), streams } : { type: 'attach', containerId: slot.id, streams };
}

function statusOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (runtimeFaultKind(error) !== undefined) return new StatusError('BadRequest', (error as Error).message);
  return new StatusError('InternalError', error instanceof Error ? error.message : String(error));
}

function sendStatus(response: ServerResponse, status: StatusError): void {
  sendJson(response, status.httpCode, status.toStatus());
}

function sendJson(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The answer to an upgrade that does not come about. */
function refuse(socket: Duplex, status: StatusError): void {
  const body = JSON.stringify(status.toStatus());
  socket.end(`HTTP/1.1 ${status.httpCode} ${status.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
