import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { silentLogger } from '@keelson/sdk';
import type { ProxyEndpoint, ServicePort } from '@keelson/sdk/proxy';
import { describeWith, everyPart, program, root } from '../../../../tools/jest/require-part.ts';
import { kernelCommands } from './kernel-commands.ts';
import { NftablesMode } from './nftables-mode.ts';

const id = process.pid % 10_000;
const host = `ph${id}`;
const pod = (n: number): string => `pp${id}-${n}`;
const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });

/** Runs a script of Node in a namespace; the answer is what it prints. */
function inside(netns: string, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('nsenter', [`--net=/run/netns/${netns}`, '--', process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.on('error', reject);
    child.on('close', () => resolve(out.trim()));
  });
}
const ask = (netns: string, address: string, port: number, times = 1): Promise<string> => inside(netns, `
  const net = require('node:net');
  const one = () => new Promise((done) => {
    const socket = net.connect({ host: '${address}', port: ${port} });
    let got = '';
    const timer = setTimeout(() => { done('timeout'); socket.destroy(); }, 700);
    socket.on('data', (chunk) => { got += chunk; });
    socket.on('error', (error) => { clearTimeout(timer); done(error.code); });
    socket.on('end', () => { clearTimeout(timer); done(got); });
  });
  (async () => { const all = []; for (let i = 0; i < ${times}; i++) all.push(await one()); console.log(all.join(' ')); })();
`);
const askUdp = (netns: string, address: string, port: number, from: number): Promise<string> => inside(netns, `
  const socket = require('node:dgram').createSocket('udp4');
  socket.bind(${from}, () => socket.send('x', ${port}, '${address}'));
  const end = (text) => { console.log(text); socket.close(); };
  const timer = setTimeout(() => end('timeout'), 700);
  socket.on('error', (error) => { clearTimeout(timer); end(error.code); });
  socket.on('message', (bytes) => { clearTimeout(timer); end(bytes.toString()); });
`);

const at = (n: number, local = true): ProxyEndpoint => ({ address: `10.244.1.${n}`, port: 8080, local });
function service(endpoints: readonly ProxyEndpoint[], rest: Partial<ServicePort> = {}): ServicePort {
  return {
    key: 'default/web:http', protocol: 'TCP', clusterIps: ['10.96.0.50'], port: 80, nodePort: 30_080, externalIps: [], loadBalancerIps: [], loadBalancerSourceRanges: [],
    affinitySeconds: 0, endpoints, externalEndpoints: endpoints, externalPolicy: 'Cluster', internalPolicy: 'Cluster', healthCheckNodePort: 0, ...rest,
  };
}

describeWith(everyPart(root, program('ip'), program('nft'), program('conntrack')))('services by nftables', () => {
  const servers: ChildProcess[] = [];
  let mode: NftablesMode;
  let current: readonly ServicePort[] = [];
  const signal = new AbortController().signal;
  const node = { name: 'host', addresses: ['10.99.7.1'], podCidrs: ['10.244.1.0/24'] };

  async function to(next: readonly ServicePort[]): Promise<void> {
    const held = new Map(current.map((port) => [port.key, port]));
    await mode.program({
      changed: next.map((now) => ({ now, before: held.get(now.key) })),
      removed: current.filter(({ key }) => !next.some((port) => port.key === key)),
    }, signal);
    current = next;
  }

  beforeAll(async () => {
    ip('netns', 'add', host);
    ip('-n', host, 'link', 'set', 'lo', 'up');
    ip('-n', host, 'link', 'add', 'cni0', 'type', 'bridge');
    ip('-n', host, 'addr', 'add', '10.244.1.1/24', 'dev', 'cni0');
    ip('-n', host, 'addr', 'add', '10.99.7.1/24', 'dev', 'cni0');
    ip('-n', host, 'link', 'set', 'cni0', 'up');
    // A host has a way out; without one a cluster address has no route at all.
    ip('-n', host, 'route', 'add', 'default', 'via', '10.99.7.254');
    for (const path of ['net/ipv4/ip_forward', 'net/bridge/bridge-nf-call-iptables']) execFileSync('nsenter', [`--net=/run/netns/${host}`, '--', 'tee', `/proc/sys/${path}`], { input: '1' });
    for (const n of [2, 3, 4]) {
      ip('netns', 'add', pod(n));
      ip('-n', host, 'link', 'add', `v${n}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod(n));
      ip('-n', host, 'link', 'set', `v${n}`, 'master', 'cni0', 'up');
      ip('-n', host, 'link', 'set', `v${n}`, 'type', 'bridge_slave', 'hairpin', 'on');
      ip('-n', pod(n), 'addr', 'add', `10.244.1.${n}/24`, 'dev', 'eth0');
      for (const device of ['lo', 'eth0']) ip('-n', pod(n), 'link', 'set', device, 'up');
      ip('-n', pod(n), 'route', 'add', 'default', 'via', '10.244.1.1');
    }
    for (const n of [2, 3]) {
      const server = spawn('nsenter', [`--net=/run/netns/${pod(n)}`, '--', process.execPath, '-e', `
        require('node:net').createServer((socket) => { socket.on('error', () => {}); socket.end('${n}<' + socket.remoteAddress.split(':').pop()); }).listen(8080, '0.0.0.0', () => console.log('up'));
        const udp = require('node:dgram').createSocket('udp4');
        udp.on('message', (bytes, from) => udp.send('${n}', from.port, from.address)).bind(8080);
      `], { stdio: ['ignore', 'pipe', 'inherit'] });
      servers.push(server);
      await new Promise((resolve) => server.stdout!.once('data', resolve));
    }
  });
  beforeEach(async () => {
    mode = new NftablesMode(kernelCommands(`/run/netns/${host}`), silentLogger, 'keelson-proxy');
    current = [service([at(2), at(3)])];
    await mode.start(current, node, signal);
  });
  afterEach(() => mode.stop({ cleanup: true }));
  afterAll(() => {
    for (const server of servers) server.kill('SIGKILL');
    for (const name of [host, pod(2), pod(3), pod(4)]) ip('netns', 'del', name);
    expect(ip('netns', 'list')).not.toMatch(new RegExp(`\\bp[hp]${id}\\b`));
  });

  it('balances a cluster address, from pods with their own address and from the host', async () => {
    const answers = (await ask(pod(4), '10.96.0.50', 80, 30)).split(' ');
    expect(new Set(answers)).toEqual(new Set(['2<10.244.1.4', '3<10.244.1.4']));
    expect((await ask(host, '10.96.0.50', 80)).split('<')[0]).toMatch(/^[23]$/);
  });

  it('leads a pod back to itself, with an address that its answer comes back to', async () => {
    await to([service([at(2)])]);
    expect(await ask(pod(2), '10.96.0.50', 80)).toBe('2<10.244.1.1');
  });

  it('opens a port of the node', async () => {
    expect(await ask(pod(4), '10.99.7.1', 30_080)).toMatch(/^[23]<10\.244\.1\.1$/);
  });

  it('refuses where nobody is: no endpoints, no such port, no such service any more', async () => {
    await to([service([])]);
    expect(await ask(pod(4), '10.96.0.50', 80)).toBe('ECONNREFUSED');
    expect(await ask(pod(4), '10.99.7.1', 30_080)).toBe('ECONNREFUSED');
    await to([service([at(2)])]);
    expect(await ask(pod(4), '10.96.0.50', 81)).toBe('ECONNREFUSED');
    expect(await ask(pod(4), '10.96.0.50', 80)).toBe('2<10.244.1.4');
    await to([]);
    expect(await ask(pod(4), '10.96.0.50', 80)).not.toMatch(/^[23]/);
    expect(execFileSync('nsenter', [`--net=/run/netns/${host}`, '--', 'nft', 'list', 'table', 'ip', 'keelson-proxy'], { encoding: 'utf8' })).not.toMatch(/svc-|ep-|10\.96/);
  });

  it('sends no new connection to an endpoint that is gone', async () => {
    await to([service([at(3)])]);
    expect(new Set((await ask(pod(4), '10.96.0.50', 80, 20)).split(' '))).toEqual(new Set(['3<10.244.1.4']));
  });

  it('keeps a client at its endpoint', async () => {
    await to([service([at(2), at(3)], { affinitySeconds: 60 })]);
    expect(new Set((await ask(pod(4), '10.96.0.50', 80, 20)).split(' ')).size).toBe(1);
    await to([service([at(2), at(3)])]);
    expect(new Set((await ask(pod(4), '10.96.0.50', 80, 30)).split(' ')).size).toBe(2);
  });

  it('keeps the source for a node port that is local, and drops what has nobody here', async () => {
    await to([service([at(2), at(3, false)], { externalPolicy: 'Local', externalEndpoints: [at(2)] })]);
    expect(execFileSync('nsenter', [`--net=/run/netns/${host}`, '--', 'nft', 'list', 'table', 'ip', 'keelson-proxy'], { encoding: 'utf8' })).toContain('fib saddr type local');
    await to([service([at(3, false)], { externalPolicy: 'Local', externalEndpoints: [] })]);
    // From a pod of the node it is still inside.
    expect(await ask(pod(4), '10.99.7.1', 30_080)).toMatch(/^3</);
  });

  it('lets a UDP client go on when its endpoint is gone', async () => {
    const udp = (endpoints: readonly ProxyEndpoint[]): ServicePort => service(endpoints, { key: 'default/dns:dns', protocol: 'UDP', nodePort: 0, clusterIps: ['10.96.0.53'], port: 53 });
    await to([udp([at(2)])]);
    expect(await askUdp(pod(4), '10.96.0.53', 53, 40_001)).toBe('2');
    await to([udp([at(3)])]);
    expect(await askUdp(pod(4), '10.96.0.53', 53, 40_001)).toBe('3');
  });

  it('takes over from an earlier run without losing a connection', async () => {
    const asking = ask(pod(4), '10.96.0.50', 80, 150);
    for (let i = 0; i < 5; i++) {
      mode = new NftablesMode(kernelCommands(`/run/netns/${host}`), silentLogger, 'keelson-proxy');
      await mode.start(current, node, signal);
    }
    expect(new Set((await asking).split(' '))).toEqual(new Set(['2<10.244.1.4', '3<10.244.1.4']));
  });

  it('changes one service among thousands by itself', async () => {
    const many = Array.from({ length: 2000 }, (_, n): ServicePort => service([at(2), at(3)], { key: `default/s${n}:`, clusterIps: [`10.97.${n >> 8}.${n & 255}`], nodePort: 0 }));
    await mode.start([...current, ...many], node, signal);
    current = [...current, ...many];
    await mode.program({ changed: [{ now: service([at(3)], { key: 'default/s7:', clusterIps: ['10.97.0.7'], nodePort: 0 }), before: many[7]! }], removed: [] }, signal);
    expect(new Set((await ask(pod(4), '10.97.0.7', 80, 10)).split(' '))).toEqual(new Set(['3<10.244.1.4']));
  });

  it('says what a refused rule was, and stands as before', async () => {
    const broken = service([{ address: 'not-an-address', port: 1, local: true }], { key: 'default/broken:', clusterIps: ['10.96.0.99'] });
    await expect(mode.program({ changed: [{ now: broken, before: undefined }], removed: [] }, signal)).rejects.toMatchObject({ code: 'KEEL_PROXY_NFT' });
    expect(mode.status()).toMatchObject({ healthy: false });
    expect(await ask(pod(4), '10.96.0.50', 80)).toMatch(/^[23]</);
  });
});
