import { hostAddress, subnet } from './node-addresses.ts';

describe('node addresses', () => {
  it.each([
    ['10.244.0.0/16', 24, 0, '10.244.0.0/24'],
    ['10.244.0.0/16', 24, 255, '10.244.255.0/24'],
    ['10.128.0.0/9', 24, 4999, '10.147.135.0/24'],
    ['10.9.8.7/16', 28, 17, '10.9.1.16/28'],
  ])('%s has as /%s number %s: %s', (cidr, bits, index, expected) => {
    expect(subnet(cidr, bits, index)).toBe(expected);
  });

  it.each([
    ['10.244.0.0/16', 24, 256, 'range 10.244.0.0/16 has no room for network number 257 of /24'],
    ['10.244.0.0/24', 16, 0, 'has no room'],
    ['nonsense', 24, 0, 'nonsense is no IPv4 range'],
    ['300.1.1.1/8', 24, 0, '300.1.1.1/8 is no IPv4 range'],
  ])('%s /%s number %s: %s', (cidr, bits, index, message) => {
    expect(() => subnet(cidr, bits, index)).toThrow(message);
  });

  it('numbers hosts after the network and the gateway', () => {
    expect([0, 1, 253, 254].map((index) => hostAddress('172.18.0.0/16', index))).toEqual(['172.18.0.2', '172.18.0.3', '172.18.0.255', '172.18.1.0']);
    expect(() => hostAddress('172.18.0.0/30', 1)).toThrow('no room for node number 2');
  });
});
