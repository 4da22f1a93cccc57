import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials, status, type handleUnaryCall } from '@grpc/grpc-js';
import { CriClient } from './cri-client.ts';
import { realClock } from './testdata/real-clock.ts';

type Answer = { readonly code: number; readonly details: string } | undefined;

/** A runtime that answers the calls of one method with what is in `answers`, the last one for good. */
async function runtimeAt(socket: string, method: string, answers: Answer[]): Promise<{ readonly calls: () => number; readonly close: () => void }> {
  let calls = 0;
  const answer: handleUnaryCall<Buffer, Buffer> = (_call, done) => {
    const next = answers[Math.min(calls++, answers.length - 1)];
    if (next === undefined) done(null, Buffer.alloc(0));
    else done(next);
  };
  const same = (bytes: Buffer): Buffer => bytes;
  const server = new Server();
  server.addService({ [method]: { path: `/runtime.v1.RuntimeService/${method}`, requestStream: false, responseStream: false, requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same } }, { [method]: answer });
  await new Promise<void>((resolve, reject) => server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error))));
  return { calls: () => calls, close: () => server.forceShutdown() };
}

describe('calls of CRI', () => {
  let folder: string;
  let client: CriClient;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-cri-'));
    client = await CriClient.open(join(folder, 'cri.sock'), realClock);
  });
  afterEach(() => {
    client.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shimGone: Answer = { code: status.UNKNOWN, details: 'failed to kill container "a": ttrpc: closed: unknown' };

  it('are made again when the shim was gone in the middle of them', async () => {
    const runtime = await runtimeAt(join(folder, 'cri.sock'), 'StopContainer', [shimGone, shimGone, undefined]);
    await client.stopContainer('a', 0);
    expect(runtime.calls()).toBe(3);
    runtime.close();
  });

  it('are not made again for other errors, nor where that could do a thing twice', async () => {
    const stopping = await runtimeAt(join(folder, 'cri.sock'), 'StopContainer', [{ code: status.UNKNOWN, details: 'no' }]);
    await expect(client.stopContainer('a', 0)).rejects.toThrow('rpc error: code = Unknown desc = no');
    expect(stopping.calls()).toBe(1);
    stopping.close();
    rmSync(join(folder, 'cri.sock'), { force: true });
    const starting = await runtimeAt(join(folder, 'cri.sock'), 'StartContainer', [shimGone]);
    await expect(client.startContainer('a')).rejects.toThrow('ttrpc: closed');
    expect(starting.calls()).toBe(1);
    starting.close();
  });
});
