import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import type { Clock } from '@keelson/sdk';
import type { DnsAnswer, DnsQuery } from '@keelson/sdk/dns';
import { readQuery, writeAnswer, type QueryMessage } from '@keelson/dns-wire';
import { Forwarder } from './forwarder.ts';
import { upstreamFrom, upstreamsOfResolvConf } from './upstreams.ts';

const clock = {
  monotonic: () => performance.now(),
  after(ms: number, fn: () => void) {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
} as Clock;

const answerFor = (name: string, count = 1): DnsAnswer => ({ rcode: 'NOERROR', answers: Array.from({ length: count }, (_, i) => ({ name, type: 'A', ttl: 60, data: `192.0.2.${i}` })) });
const query = (name: string, signal = new AbortController().signal): DnsQuery => ({ name, type: 'A', transport: 'udp', clientAddress: '127.0.0.1', signal });

/** A real server on loopback; answers what `answer` says, by UDP cut at 512 bytes. */
class LoopbackServer {
  readonly asked: string[] = [];
  private constructor(readonly port: number, private readonly udp: Socket, private readonly tcp: Server) {}

  static async open(answer: (query: QueryMessage) => readonly DnsAnswer[] | readonly Buffer[]): Promise<LoopbackServer> {
    const tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port } = tcp.address() as { port: number };
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
    const server = new LoopbackServer(port, udp, tcp);
    const replies = (bytes: Buffer, limit: number): Buffer[] => {
      const read = readQuery(bytes) as QueryMessage;
      return answer(read).map((each) => (Buffer.isBuffer(each) ? each : writeAnswer(read, each, limit)));
    };
    udp.on('message', (bytes, from) => {
      server.asked.push('udp');
      for (const reply of replies(bytes, 512)) udp.send(reply, from.port, from.address);
    });
    tcp.on('connection', (socket) => {
      socket.on('data', (bytes) => {
        server.asked.push('tcp');
        for (const reply of replies(bytes.subarray(2), 65_535)) socket.write(Buffer.concat([Buffer.from([reply.length >> 8, reply.length & 0xff]), reply]));
      });
      socket.on('error', () => undefined);
    });
    return server;
  }

  async close(): Promise<void> {
    await Promise.all([new Promise((resolve) => this.udp.close(() => resolve(undefined))), new Promise((resolve) => this.tcp.close(resolve))]);
  }
}

describe('Forwarder', () => {
  const servers: LoopbackServer[] = [];
  const open = async (answer: Parameters<typeof LoopbackServer.open>[0]): Promise<LoopbackServer> => {
    const server = await LoopbackServer.open(answer);
    servers.push(server);
    return server;
  };
  const forwarderTo = (...to: readonly LoopbackServer[]): Forwarder => {
    const forwarder = new Forwarder({ clock, timeout: 200, maxPending: 2 });
    forwarder.use(to.map(({ port }) => ({ address: '127.0.0.1', port })));
    return forwarder;
  };
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  it('gives back what the server says', async () => {
    const server = await open(({ question }) => [answerFor(question.name)]);
    expect(await forwarderTo(server).ask(query('www.example.org'))).toMatchObject(answerFor('www.example.org'));
    expect(server.asked).toEqual(['udp']);
  });

  it('asks again by TCP for an answer that was cut', async () => {
    const server = await open(({ question }) => [answerFor(question.name, 100)]);
    expect((await forwarderTo(server).ask(query('www.example.org'))).answers).toHaveLength(100);
    expect(server.asked).toEqual(['udp', 'tcp']);
  });

  it('asks the next when one is silent or fails, and does not begin with the silent one again', async () => {
    const silent = await open(() => []);
    const failing = await open(() => [{ rcode: 'SERVFAIL', answers: [] }]);
    const good = await open(({ question }) => [answerFor(question.name)]);
    const forwarder = forwarderTo(silent, failing, good);
    expect((await forwarder.ask(query('one.example.org'))).answers).toHaveLength(1);
    expect((await forwarder.ask(query('two.example.org'))).answers).toHaveLength(1);
    expect([silent, failing, good].map(({ asked }) => asked.length)).toEqual([1, 2, 2]);
  });

  it('does not let clients wait for servers that are away', async () => {
    const silent = await open(() => []);
    const forwarder = forwarderTo(silent);
    for (let i = 0; i < 3; i++) await expect(forwarder.ask(query('a.example.org'))).rejects.toThrow('no server answered');
    expect(await forwarder.ask(query('b.example.org'))).toEqual({ rcode: 'SERVFAIL', answers: [] });
    expect(silent.asked).toHaveLength(3);
  });

  it('ignores what is no answer to its question', async () => {
    const server = await open(({ id, question, ...rest }) => {
      const whole = { id, question, ...rest } as QueryMessage;
      const forged = writeAnswer({ ...whole, id: (id + 1) & 0xffff }, answerFor('forged.example.org'), 512);
      return [forged, Buffer.from('nonsense'), writeAnswer(whole, answerFor(question.name), 512)];
    });
    expect((await forwarderTo(server).ask(query('www.example.org'))).answers[0]?.name).toBe('www.example.org');
  });

  it('says who did not answer, and refuses more than it can wait for', async () => {
    const silent = await open(() => []);
    const forwarder = forwarderTo(silent);
    const [one, two, three] = await Promise.allSettled([forwarder.ask(query('a.example.org')), forwarder.ask(query('b.example.org')), forwarder.ask(query('c.example.org'))]);
    expect([one, two, three].map((result) => (result as PromiseRejectedResult).reason.message as string)).toEqual([
      expect.stringMatching(/no server answered for a\.example\.org: 127\.0\.0\.1:\d+: 127|no server answered for a\.example\.org: 127\.0\.0\.1:\d+ did not answer within 200 ms/),
      expect.stringContaining('no server answered for b.example.org'),
      '2 questions wait for other servers already',
    ]);
  });

  it('stops when told so', async () => {
    const silent = await open(() => []);
    const stop = new AbortController();
    const asking = forwarderTo(silent).ask(query('a.example.org', stop.signal));
    stop.abort(new Error('the server stops'));
    await expect(asking).rejects.toThrow('the server stops');
  });

  it('fails at once without a server', async () => {
    expect(await forwarderTo().ask(query('a.example.org'))).toEqual({ rcode: 'SERVFAIL', answers: [] });
  });
});

describe('addresses of servers', () => {
  it.each([
    ['192.0.2.53', { address: '192.0.2.53', port: 53 }],
    ['192.0.2.53:5353', { address: '192.0.2.53', port: 5353 }],
    ['[2001:db8::53]:5353', { address: '2001:db8::53', port: 5353 }],
    ['2001:db8::53', { address: '2001:db8::53', port: 53 }],
    ['dns.example.org', undefined],
    ['192.0.2.53:0', undefined],
  ])('%s', (text, expected) => {
    expect(upstreamFrom(text)).toEqual(expected);
  });

  it('come from a resolv.conf, three at most', () => {
    const text = '# x\nsearch example.org\nnameserver 192.0.2.1\n nameserver 2001:db8::1 \nnameserver nonsense\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n';
    expect(upstreamsOfResolvConf(text).map(({ address }) => address)).toEqual(['192.0.2.1', '2001:db8::1', '192.0.2.2']);
  });
});
