import type { Client, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import type { Clock } from '@keelson/sdk';
import { Codec } from './codec.ts';
import { containerdProto, criProto } from './cri-proto.ts';
import { RpcCode, RpcError } from './rpc-error.ts';

/** How one call is made. */
export interface CallOptions {
  /** Milliseconds for the whole call, waiting for a connection included; 0: none. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Names of a method and of its messages. */
export interface MethodName {
  /** `/runtime.v1.RuntimeService/Version`. */
  readonly path: string;
  readonly request: string;
  readonly response: string;
}

const reconnectMs = { first: 50, most: 1000 };
const mostMessageBytes = 64 * 1024 * 1024;

/** A gRPC connection to a unix socket; it comes back by itself when the other side was gone. */
export class Channel {
  readonly codec: Codec;
  readonly #client: Client;
  readonly #library: GrpcLibrary;
  readonly #clock: Clock;

  private constructor(library: GrpcLibrary, socket: string, codec: Codec, clock: Clock) {
    this.#library = library;
    this.#clock = clock;
    this.codec = codec;
    this.#client = new library.Client(`unix://${socket}`, library.credentials.createInsecure(), {
      // grpc-js would send the socket's path as authority, which Go's server refuses.
      'grpc.default_authority': 'localhost',
      'grpc.initial_reconnect_backoff_ms': reconnectMs.first,
      'grpc.min_reconnect_backoff_ms': reconnectMs.first,
      'grpc.max_reconnect_backoff_ms': reconnectMs.most,
      'grpc.max_receive_message_length': mostMessageBytes,
      'grpc.max_send_message_length': mostMessageBytes,
      // One socket for each channel: a closed one must not take another node's connection with it.
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** Loads the library when it is needed first: it costs 100 ms that clusters without containers do not pay. */
  static async open(socket: string, clock: Clock): Promise<Channel> {
    const [grpc, protobuf] = await Promise.all([import('@grpc/grpc-js'), import('protobufjs')]);
    // A bundle offers what a CommonJS library exports as its default only.
    const { parse, Root } = 'parse' in protobuf ? protobuf : (protobuf as { default: typeof protobuf }).default;
    const root = new Root();
    parse(criProto, root);
    parse(containerdProto, root);
    return new Channel('Client' in grpc ? grpc : (grpc as { default: GrpcLibrary }).default, socket, new Codec(root), clock);
  }

  /** Waits for the connection if there is none now. Rejects with an `RpcError`, or with the signal's reason. */
  unary<T>(method: MethodName, request: object, { timeoutMs, signal }: CallOptions): Promise<T> {
    signal?.throwIfAborted();
    return new Promise<T>((resolve, reject) => {
      let late = false;
      const timer = timeoutMs > 0 ? this.#clock.after(timeoutMs, () => ((late = true), call.cancel())) : undefined;
      const cancel = (): void => call.cancel();
      const call = this.#client.makeUnaryRequest<object, T>(
        method.path,
        (value) => this.codec.encode(method.request, value),
        (bytes) => this.codec.decode<T>(method.response, bytes),
        request,
        this.#metadata(),
        (error: ServiceError | null, response?: T) => {
          timer?.cancel();
          signal?.removeEventListener('abort', cancel);
          if (error === null) resolve(response as T);
          else if (signal?.aborted === true) reject(signal.reason as Error);
          else reject(late ? new RpcError(method.path, RpcCode.deadlineExceeded, 'context deadline exceeded') : new RpcError(method.path, error.code, error.details));
        },
      );
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** Hands over each message; resolves when the other side ends the stream, rejects as `unary` does. */
  async stream<T>(method: MethodName, request: object, signal: AbortSignal, take: (message: T) => void): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const call: ClientReadableStream<T> = this.#client.makeServerStreamRequest<object, T>(
        method.path,
        (value) => this.codec.encode(method.request, value),
        (bytes) => this.codec.decode<T>(method.response, bytes),
        request,
        this.#metadata(),
        {},
      );
      const cancel = (): void => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      call.on('data', take);
      call.on('error', (error: ServiceError) => {
        signal.removeEventListener('abort', cancel);
        reject(signal.aborted ? (signal.reason as Error) : new RpcError(method.path, error.code, error.details));
      });
      call.on('end', () => {
        signal.removeEventListener('abort', cancel);
        resolve();
      });
    });
  }

  close(): void {
    this.#client.close();
  }

  #metadata(): InstanceType<GrpcLibrary['Metadata']> {
    const metadata = new this.#library.Metadata({ waitForReady: true });
    metadata.set('containerd-namespace', 'k8s.io');
    return metadata;
  }
}

type GrpcLibrary = typeof import('@grpc/grpc-js');
