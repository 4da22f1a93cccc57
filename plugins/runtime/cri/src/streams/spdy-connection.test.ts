import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { inflateSync, constants } from 'node:zlib';
import { runtimeFaultKind } from '@keelson/sdk/runtime';
import { commandStream } from './command-stream.ts';
import { SpdyConnection } from './spdy-connection.ts';
import { FrameReader, dataFrame, openFrame, resetFrame } from './spdy-frames.ts';

describe('SPDY frames', () => {
  it('opens streams with headers that any zlib unpacks', () => {
    const first = openFrame(1, { streamtype: 'error' }, true);
    const second = openFrame(3, { StreamType: 'stdin', port: '80' }, false);
    expect(first.subarray(0, 4)).toEqual(Buffer.from([0x80, 3, 0, 1]));
    expect(first.readUIntBE(5, 3)).toBe(first.length - 8);
    const block = inflateSync(Buffer.concat([first.subarray(18), second.subarray(18)]), { finishFlush: constants.Z_SYNC_FLUSH });
    expect(block.toString('latin1')).toBe('\0\0\0\x01\0\0\0\nstreamtype\0\0\0\x05error\0\0\0\x02\0\0\0\nstreamtype\0\0\0\x05stdin\0\0\0\x04port\0\0\0\x0280');
  });

  it('reads frames however they are cut, and skips what it does not know', () => {
    const settings = Buffer.from([0x80, 3, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0]);
    const bytes = Buffer.concat([settings, dataFrame(5, Buffer.from('hello'), false), dataFrame(5, Buffer.alloc(0), true), resetFrame(7)]);
    for (const size of [1, 3, 8, 1000]) {
      const reader = new FrameReader();
      const found = [];
      for (let at = 0; at < bytes.length; at += size) found.push(...reader.frames(bytes.subarray(at, at + size)));
      expect(found.map((frame) => ('data' in frame ? { ...frame, data: frame.data.toString() } : frame))).toEqual([
        { type: 'other' },
        { type: 'data', stream: 5, data: 'hello', last: false },
        { type: 'data', stream: 5, data: '', last: true },
        { type: 'reset', stream: 7, status: 5 },
      ]);
    }
  });
});

describe('SPDY connections', () => {
  let server: Server;
  let sockets: Socket[];
  /** What the server does with a connection. */
  let behave: (socket: Socket) => void;
  let url: string;

  beforeEach(async () => {
    sockets = [];
    server = createServer((_request, response) => response.writeHead(404).end());
    server.on('upgrade', (_request, socket: Socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
      behave(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/exec/token`;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const exit = (body: object): Buffer => Buffer.concat([dataFrame(3, Buffer.from('out'), false), dataFrame(1, Buffer.from(JSON.stringify(body)), true), dataFrame(3, Buffer.alloc(0), true), dataFrame(5, Buffer.alloc(0), true)]);
  /** As a server does: when the streams are there. */
  const answer = (bytes: Buffer) => (socket: Socket) => void socket.once('data', () => void socket.write(bytes));
  const run = (): Promise<number | undefined> => commandStream(url, { onStdout: () => undefined, onStderr: () => undefined });

  it.each([
    [{ status: 'Success' }, 0],
    [{ status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '7' }] } }, 7],
  ])('ends with the exit code of %j', async (body, code) => {
    behave = answer(exit(body));
    expect(await run()).toBe(code);
  });

  it('has no exit code when the other side goes away', async () => {
    behave = (socket) => void socket.once('data', () => socket.destroy());
    expect(await run()).toBeUndefined();
  });

  it('rejects with the words of the other side', async () => {
    behave = answer(exit({ status: 'Failure', reason: 'InternalError', message: 'no such file' }));
    await expect(run()).rejects.toThrow('no such file');
    behave = answer(Buffer.concat([dataFrame(1, Buffer.from('plain words'), true), dataFrame(3, Buffer.alloc(0), true), dataFrame(5, Buffer.alloc(0), true)]));
    await expect(run()).rejects.toThrow('plain words');
  });

  it('answers pings, and ends with the connection', async () => {
    const ping = Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 2]);
    const answered = new Promise<Buffer>((resolve) => {
      behave = (socket) => {
        socket.once('data', (data: Buffer) => {
          resolve(data);
          socket.destroy();
        });
        socket.write(ping);
      };
    });
    const connection = await SpdyConnection.open(url, 'v4.channel.k8s.io', undefined);
    expect(await answered).toEqual(ping);
    await connection.closed.catch(() => undefined);
    await expect(connection.stream({ streamtype: 'stdin' }).write(Buffer.from('x'))).rejects.toThrow('has ended');
  });

  it('holds the other side back while a reader is busy', async () => {
    const piece = dataFrame(1, Buffer.alloc(1 << 16), false);
    let sent = 0;
    behave = (socket) => {
      const push = (): void => {
        while (sent < 2000 && socket.write(piece)) sent++;
        if (sent < 2000) socket.once('drain', push);
      };
      push();
    };
    const connection = await SpdyConnection.open(url, 'v4.channel.k8s.io', undefined);
    let release: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (release = resolve));
    let taken = 0;
    const all = new Promise<void>((resolve) => {
      connection.stream({ streamtype: 'stdout' }, { data: async (chunk) => ((await busy), (taken += chunk.length) >= 2000 << 16 && resolve()) as void });
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sent).toBeLessThan(1500);
    release();
    await all;
    connection.destroy();
  });

  it('says when the server refuses or is not there', async () => {
    const plain = await new Promise<Server>((resolve) => {
      const other = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1', () => resolve(other));
    });
    const { port } = plain.address() as AddressInfo;
    const refused: unknown = await SpdyConnection.open(`http://127.0.0.1:${port}/`, 'p', undefined).catch((error: unknown) => error);
    expect(runtimeFaultKind(refused)).toBe('start');
    expect((refused as Error).message).toContain('404');
    await new Promise((resolve) => plain.close(resolve));
    await expect(SpdyConnection.open(`http://127.0.0.1:${port}/`, 'p', undefined)).rejects.toThrow('does not answer');
  });
});
