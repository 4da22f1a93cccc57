import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { KeelsonError, type Clock, type Logger } from '@keelson/sdk';
import type { MessageAnswerer } from './answer-message.ts';

/** One address that the server answers on, by UDP and TCP. */
export interface ListenerOptions {
  readonly address: string;
  /** 0: any that is free for both. */
  readonly port: number;
  readonly answerer: MessageAnswerer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds after which a silent TCP connection is closed. */
  readonly idleTimeout: number;
  readonly maxConnections: number;
}

/** Tries to find a port that is free for both transports. */
const portTries = 16;
const lengthPrefix = 2;
/** Answers that a client may leave unread before its connection is closed, bytes. */
const maxUnread = 1024 * 1024;

/** A UDP socket and a TCP server on one address and port. */
export class Listener {
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();

  private constructor(udp: UdpSocket, tcp: Server, private readonly options: ListenerOptions) {
    this.#udp = udp;
    this.#tcp = tcp;
    const { answerer, log } = options;
    udp.on('message', (bytes, { address, port }) => {
      answerer.answer(bytes, 'udp', address, (answer) => udp.send(answer, port, address, ignored));
    });
    // A client that is gone answers with ICMP, which comes back as an error of the next call.
    udp.on('error', (error) => log.debug('udp socket', { error: error.message }));
    tcp.on('connection', (socket) => this.#accept(socket));
    tcp.on('error', (error) => log.warn('tcp listener', { error: error.message }));
  }

  /** @throws KEEL_DNS_LISTEN when the port is taken or needs more rights */
  static async open(options: ListenerOptions): Promise<Listener> {
    for (let tries = 1; ; tries++) {
      const tcp = createServer({ noDelay: true });
      tcp.maxConnections = options.maxConnections;
      try {
        await new Promise<void>((resolve, reject) => tcp.once('error', reject).listen(options.port, options.address, () => resolve()));
      } catch (error) {
        throw listenError(options, 'TCP', error);
      }
      const { port } = tcp.address() as { port: number };
      const udp = createSocket({ type: isIPv6(options.address) ? 'udp6' : 'udp4', recvBufferSize: 1024 * 1024 });
      try {
        await new Promise<void>((resolve, reject) => udp.once('error', reject).bind(port, options.address, () => resolve()));
      } catch (error) {
        udp.close();
        await new Promise((resolve) => tcp.close(resolve));
        if (options.port === 0 && tries < portTries && (error as { code?: string }).code === 'EADDRINUSE') continue;
        throw listenError({ ...options, port }, 'UDP', error);
      }
      tcp.removeAllListeners('error');
      udp.removeAllListeners('error');
      return new Listener(udp, tcp, options);
    }
  }

  get address(): string {
    return this.options.address;
  }

  get port(): number {
    return (this.#tcp.address() as { port: number }).port;
  }

  /** Takes no more queries; open connections are closed. */
  async close(): Promise<void> {
    const closed = Promise.all([new Promise((resolve) => this.#tcp.close(resolve)), new Promise((resolve) => this.#udp.close(() => resolve(undefined)))]);
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#connections.add(socket);
    let waiting: Buffer = Buffer.alloc(0);
    const { idleTimeout, answerer } = this.options;
    socket.setTimeout(idleTimeout, () => socket.destroy());
    socket.on('error', ignored);
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('data', (chunk) => {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      while (waiting.length >= lengthPrefix) {
        const end = lengthPrefix + waiting.readUInt16BE(0);
        if (waiting.length < end) break;
        const message = waiting.subarray(lengthPrefix, end);
        waiting = waiting.subarray(end);
        answerer.answer(message, 'tcp', socket.remoteAddress ?? '', (answer) => send(socket, answer));
      }
    });
  }
}

function send(socket: Socket, answer: Buffer): void {
  if (!socket.writable) return;
  if (socket.writableLength > maxUnread) {
    socket.destroy();
    return;
  }
  const length = Buffer.allocUnsafe(lengthPrefix);
  length.writeUInt16BE(answer.length, 0);
  socket.cork();
  socket.write(length);
  socket.write(answer);
  socket.uncork();
}

/** Errors of a peer that went away; there is nobody to tell. */
function ignored(): void {
  // Intentionally nothing.
}

function listenError({ address, port }: { readonly address: string; readonly port: number }, transport: string, error: unknown): KeelsonError {
  const { code } = error as { code?: string };
  const why = code === 'EADDRINUSE' ? 'the port is in use: choose another in the configuration of @keelson/dns-server (0: any)'
    : code === 'EACCES' ? 'ports below 1024 need root: choose another in the configuration of @keelson/dns-server (0: any)'
      : code === 'EADDRNOTAVAIL' ? 'this machine does not have the address'
        : error instanceof Error ? error.message : String(error);
  return new KeelsonError('KEEL_DNS_LISTEN', `cannot answer DNS on ${address}:${port} by ${transport}: ${why}`, { cause: error });
}
