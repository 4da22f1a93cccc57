import { createServer, type Server, type Socket } from 'node:net';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { context, type Context } from '@opentelemetry/api';
import type { Logger } from '@keelson/sdk';
import type { PodNetwork } from '@keelson/sdk/cni';
import type { RuntimeNode } from '@keelson/sdk/runtime';
import { attachmentOf, cniResult, parseCniCall, type CniCall } from './cni-call.ts';
import { writeCniConfig, type CniPlaces } from './write-cni-config.ts';

const supportedVersions = ['0.3.0', '0.3.1', '0.4.0', '1.0.0'];
/** Codes of the specification: not ready yet, and a plugin's own. */
const code = { tryAgain: 11, failed: 100 };

/** Takes containerd's CNI calls on a unix socket and hands them to the pod network. */
export class CniServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #gone = new AbortController();
  /** What is active while a pod's sandbox is made, by pod uid: its network calls belong below it. */
  readonly #expected = new Map<string, Context>();

  constructor(
    private readonly places: CniPlaces,
    private readonly network: PodNetwork,
    private readonly node: RuntimeNode,
    private readonly log: Logger,
  ) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  /** Listens, then tells containerd. */
  async start(): Promise<void> {
    const { socket } = this.places;
    await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
    // Of an agent that was killed.
    await rm(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socket, () => resolve());
    });
    await writeCniConfig(this.places);
  }

  expect(podUid: string): void {
    this.#expected.set(podUid, context.active());
  }

  settled(podUid: string): void {
    this.#expected.delete(podUid);
  }

  retain(sandboxIds: ReadonlySet<string>): Promise<void> {
    return this.network.gc(sandboxIds);
  }

  /** The configuration stays: containerd goes on with the next agent. */
  async close(): Promise<void> {
    this.#gone.abort(new Error('the node agent stops'));
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('end', () => {
      this.#answer(Buffer.concat(chunks).toString('utf8')).then(
        (answer) => socket.end(answer),
        (error: unknown) => socket.end(failure('1.0.0', code.failed, error)),
      );
    });
  }

  async #answer(text: string): Promise<string> {
    const call = parseCniCall(text);
    const active = this.#expected.get(call.args['K8S_POD_UID'] ?? '') ?? context.active();
    try {
      return `0\n${await context.with(active, () => this.#run(call))}`;
    } catch (error) {
      this.log.warn('cni call failed', { command: call.command, sandbox: call.containerId, pod: call.args['K8S_POD_NAME'], error: String(error) });
      const { ready } = this.network.status();
      return failure(call.config.cniVersion ?? '1.0.0', ready ? code.failed : code.tryAgain, error);
    }
  }

  async #run(call: CniCall): Promise<string> {
    const at = attachmentOf(call, this.node);
    const { signal } = this.#gone;
    switch (call.command) {
      case 'ADD': {
        const status = this.network.status();
        if (!status.ready) throw new Error(`network is not ready: ${status.reason}`);
        return JSON.stringify(cniResult(await this.network.add(at, signal), call));
      }
      case 'DEL':
        await this.network.del(at, signal);
        return '';
      case 'CHECK':
        await this.network.check(at, signal);
        return '';
      case 'VERSION':
        return JSON.stringify({ cniVersion: '1.0.0', supportedVersions });
      default:
        throw new Error(`CNI_COMMAND ${JSON.stringify(call.command)} is not known`);
    }
  }
}

function failure(cniVersion: string, number: number, error: unknown): string {
  return `1\n${JSON.stringify({ cniVersion, code: number, msg: error instanceof Error ? error.message : String(error) })}`;
}
