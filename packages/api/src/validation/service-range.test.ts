import { IPAddress, ServiceCIDR } from '../networking/v1/index.ts';
import { changes, problems } from './testdata/objects.ts';

const cidrs = (...list: string[]) => ({ spec: { cidrs: list } });

describe('a ServiceCIDR', () => {
  it.each<[object, string]>([
    [cidrs(), 'spec.cidrs: Required value: at least one CIDR required'],
    [cidrs('10.0.0.0/16', 'fd00::/64', '10.1.0.0/16'), 'may only hold up to 2 values'],
    [cidrs('10.0.0.0'), 'spec.cidrs[0]: Invalid value: "10.0.0.0": must be a valid CIDR value'],
    [cidrs('10.0.0.0/16', '10.1.0.0/16'), 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'],
  ])('is refused for %j', (rest, text) => {
    expect(problems(ServiceCIDR, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('may gain a second family and nothing else', () => {
    const old = cidrs('10.0.0.0/16');
    expect(changes(ServiceCIDR, cidrs('10.0.0.0/16', 'fd00::/64'), old)).toEqual([]);
    expect(changes(ServiceCIDR, cidrs('10.1.0.0/16'), old)).toEqual(['spec.cidrs[0]: Invalid value: "10.1.0.0/16": field is immutable']);
    expect(changes(ServiceCIDR, old, cidrs('10.0.0.0/16', 'fd00::/64'))).toEqual(['spec.cidrs: Invalid value: ["10.0.0.0/16"]: field is immutable']);
  });
});

describe('an IPAddress', () => {
  const address = (parentRef?: object) => ({ metadata: { name: '10.0.0.1' }, spec: { parentRef } });
  it('belongs to somebody, for good', () => {
    expect(problems(IPAddress, address())).toEqual(['spec.parentRef: Required value']);
    expect(problems(IPAddress, address({ resource: 'services' }))).toEqual(['spec.parentRef.name: Required value']);
    const parent = { resource: 'services', namespace: 'default', name: 'web' };
    expect(problems(IPAddress, address(parent))).toEqual([]);
    expect(changes(IPAddress, address({ ...parent, name: 'db' }), address(parent))).toEqual(['spec.parentRef: Invalid value: {"resource":"services","namespace":"default","name":"db"}: field is immutable']);
  });
});
