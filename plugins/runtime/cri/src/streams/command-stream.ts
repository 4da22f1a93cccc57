import { RuntimeFault, type StreamRequest } from '@keelson/sdk/runtime';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';

/** Version 4: the exit code comes as a Status object on the error stream. */
const protocol = 'v4.channel.k8s.io';

/**
 * Carries the streams of `kubectl exec` and `attach`; resolves to the exit code when the other side says that it is over,
 * to undefined when it went away without a word.
 */
export async function commandStream(url: string, request: StreamRequest): Promise<number | undefined> {
  const { signal, tty = false } = request;
  const connection = await SpdyConnection.open(url, protocol, signal);
  const abort = (): void => connection.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    let verdict = '';
    const told = new Promise<void>((resolve) => {
      connection.stream({ streamtype: 'error' }, { data: (chunk) => void (verdict += chunk.toString('utf8')), end: resolve });
    });
    const stdin = request.stdin === undefined ? undefined : connection.stream({ streamtype: 'stdin' });
    const outputs = [output(connection, 'stdout', request.onStdout), ...(tty ? [] : [output(connection, 'stderr', request.onStderr)])];
    const resize = tty ? connection.stream({ streamtype: 'resize' }) : undefined;
    if (stdin !== undefined) feed(request.stdin!, stdin);
    if (resize !== undefined && request.resize !== undefined) feed(sizes(request.resize), resize);
    await told;
    await Promise.all(outputs);
    signal?.throwIfAborted();
    return exitCodeOf(verdict);
  } finally {
    signal?.removeEventListener('abort', abort);
    connection.end();
  }
}

/** Resolves when the other side has sent everything. */
function output(connection: SpdyConnection, streamtype: string, take: (chunk: Uint8Array) => Promise<void> | void): Promise<void> {
  return new Promise<void>((end) => {
    connection.stream({ streamtype }, { data: take, end });
  });
}

/** The command may end before its input does: then the rest of the input is dropped. */
function feed(source: AsyncIterable<Uint8Array>, stream: SpdyStream): void {
  const send = async (): Promise<void> => {
    for await (const chunk of source) await stream.write(chunk);
    stream.end();
  };
  send().catch(() => stream.end());
}

async function* sizes(resize: NonNullable<StreamRequest['resize']>): AsyncIterable<Uint8Array> {
  for await (const { width, height } of resize) yield Buffer.from(`${JSON.stringify({ Width: width, Height: height })}\n`);
}

interface Verdict {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

function exitCodeOf(text: string): number | undefined {
  if (text === '') return undefined;
  let verdict: Verdict;
  try {
    verdict = JSON.parse(text) as Verdict;
  } catch {
    throw new RuntimeFault('start', text);
  }
  if (verdict.status === 'Success') return 0;
  const code = verdict.reason === 'NonZeroExitCode' ? verdict.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message : undefined;
  if (code === undefined) throw new RuntimeFault('start', verdict.message ?? 'the command could not be run');
  return Number(code);
}
