import type { Readable } from 'node:stream';

/** A request as the connection takes it. */
export interface ExchangeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The head of an answer with its body still to come. */
export interface ExchangeResponse {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: Readable;
}

/** One way to exchange requests with a server. */
export interface Exchange {
  /** Rejects with the transport's error, or with the signal's reason. */
  send(request: ExchangeRequest): Promise<ExchangeResponse>;
  close(): void;
}

/** Reads a body to its end. Rejects when it breaks off. */
export async function readAll(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
