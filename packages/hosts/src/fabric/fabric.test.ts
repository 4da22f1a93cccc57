import { planHosts } from '../layout.ts';
import { podRouteSteps, raiseSteps, removeSteps } from './steps.ts';
import { firstFree, nthSubnet, overlap, parseSubnet } from './subnet.ts';

const wish = { id: 'ab12', count: 2, subnet: '10.99.0.0/24', podCidr: '10.244.0.0/16', podCidrMask: 24, dataDir: '/data/hosts', runDir: '/run/keelson/ab12' };

describe('the plan of hosts', () => {
  it('names and numbers them from one, with the gateway at the end', () => {
    const plan = planHosts(wish);
    expect([plan.gateway, plan.fabricNetns, plan.uplink]).toEqual(['10.99.0.254', 'kl-ab12-fabric', 'kl-ab12']);
    expect(plan.hosts).toEqual([
      { name: 'host1', netns: 'kl-ab12-host1', address: '10.99.0.1', podCidr: '10.244.0.0/24', dataDir: '/data/hosts/host1', runDir: '/run/keelson/ab12/host1' },
      { name: 'host2', netns: 'kl-ab12-host2', address: '10.99.0.2', podCidr: '10.244.1.0/24', dataDir: '/data/hosts/host2', runDir: '/run/keelson/ab12/host2' },
    ]);
  });

  it.each([
    [{ count: 254 }, 'network 10.99.0.0/24 has no room for 254 hosts and their gateway'],
    [{ count: 2, podCidr: '10.244.0.0/24', podCidrMask: 24 }, 'range 10.244.0.0/24 has no room for range number 2 of /24'],
    [{ subnet: '10.99.0/24' }, '10.99.0/24 is no IPv4 range'],
    [{ id: 'much-too-long' }, 'cluster id "much-too-long" cannot be part of device names'],
  ])('refuses %j', (change, message) => {
    expect(() => planHosts({ ...wish, ...change })).toThrow(message);
  });
});

describe('steps of the fabric', () => {
  it('make namespaces, then devices, then addresses, each batch in one call', () => {
    const groups = raiseSteps(planHosts(wish));
    expect(groups[0]!.map(({ args }) => args.join(' '))).toEqual(['netns add kl-ab12-fabric', 'netns add kl-ab12-host1', 'netns add kl-ab12-host2']);
    expect(groups[1]!.map(({ input }) => input)).toEqual([
      'link set lo up\nlink add br0 type bridge\nlink set br0 up\nlink add host1 type veth peer name eth0 netns kl-ab12-host1\nlink set host1 master br0 up\nlink add host2 type veth peer name eth0 netns kl-ab12-host2\nlink set host2 master br0 up\n',
      'link add kl-ab12 type veth peer name root netns kl-ab12-fabric\naddress add 10.99.0.254/24 dev kl-ab12\nlink set kl-ab12 up\n',
    ]);
    expect(groups[2]!.find(({ args }) => args[1] === 'kl-ab12-host2')?.input).toBe('link set lo up\naddress add 10.99.0.2/24 dev eth0\nlink set eth0 up\nroute add default via 10.99.0.254\n');
    expect(groups[2]!.filter(({ program }) => program === 'nsenter').map(({ args }) => args.slice(0, 3).join(' '))).toEqual(['--net=/run/netns/kl-ab12-fabric -- sysctl', '--net=/run/netns/kl-ab12-host1 -- sysctl', '--net=/run/netns/kl-ab12-host2 -- sysctl']);
  });

  it('lead from the machine to the pods, unless another cluster has the range', () => {
    const plan = planHosts(wish);
    expect(podRouteSteps(plan, new Set(['10.244.0.0/24']))[0]?.input).toBe('route add 10.244.1.0/24 via 10.99.0.2 dev kl-ab12\n');
    expect(podRouteSteps(plan, new Set(['10.244.0.0/24', '10.244.1.0/24']))).toEqual([]);
  });

  it('remove what carries the id and nothing else', () => {
    const steps = removeSteps('ab12', { namespaces: ['kl-ab12-host1', 'kl-ab123-host1', 'kl-ab12-fabric', 'other'], links: ['lo', 'kl-ab12', 'kl-ab123'] });
    expect(steps.map(({ args }) => args.join(' '))).toEqual(['link delete kl-ab12', 'netns delete kl-ab12-host1', 'netns delete kl-ab12-fabric']);
    expect(removeSteps('ab12', { namespaces: [], links: ['lo'] })).toEqual([]);
  });
});

describe('ranges', () => {
  it.each([
    ['10.99.0.0/24', '10.99.0.254', true],
    ['10.99.0.0/24', '10.0.0.0/8', true],
    ['10.99.0.0/24', '10.99.1.0/24', false],
    ['0.0.0.0/0', '192.0.2.1', true],
  ])('%s and %s meet: %s', (one, other, expected) => {
    expect(overlap(parseSubnet(one), parseSubnet(other))).toBe(expected);
    expect(overlap(parseSubnet(other), parseSubnet(one))).toBe(expected);
  });

  it('the first that nobody uses is taken', () => {
    expect(firstFree(['10.99.0.0/24', '10.99.1.0/24'], ['192.0.2.0/24', '10.99.0.254/32'])).toBe('10.99.1.0/24');
    expect(firstFree(['10.99.0.0/24'], ['10.0.0.0/8'])).toBeUndefined();
  });

  it('are divided', () => {
    expect(nthSubnet('10.244.0.0/16', 24, 255)).toBe('10.244.255.0/24');
    expect(() => nthSubnet('10.244.0.0/16', 24, 256)).toThrow('no room');
  });
});
