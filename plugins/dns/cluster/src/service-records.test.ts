import type { Service } from '@keelson/api/core/v1';
import type { EndpointSlice } from '@keelson/api/discovery/v1';
import type { DnsRecord } from '@keelson/sdk/dns';
import { serviceRecords } from './service-records.ts';

const zone = { domain: 'cluster.local', ttl: 5 };
const service = (spec: object): Service => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'api', namespace: 'shop' }, spec }) as unknown as Service;
const slice = (endpoints: readonly object[], ports: readonly object[] = [{ name: 'http', port: 8080, protocol: 'TCP' }], addressType = 'IPv4'): EndpointSlice =>
  ({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'api-1', namespace: 'shop' }, addressType, endpoints, ports }) as unknown as EndpointSlice;

/** `NAME TYPE DATA`, as dig prints them. */
const lines = (records: readonly DnsRecord[]): readonly string[] =>
  records.map(({ name, type, data }) => `${name} ${type} ${typeof data === 'object' && 'target' in data ? `${data.priority} ${data.weight} ${data.port} ${data.target}` : String(data)}`);

describe('records of a service', () => {
  it('with cluster addresses: one address a family, a port record a named port, reverse names', () => {
    const spec = { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7', 'fd00::7'], ports: [{ name: 'http', port: 80, protocol: 'TCP' }, { name: 'dns', port: 53, protocol: 'UDP' }] };
    expect(lines(serviceRecords(service(spec), [], zone))).toEqual([
      'api.shop.svc.cluster.local A 10.96.0.7',
      '7.0.96.10.in-addr.arpa PTR api.shop.svc.cluster.local',
      'api.shop.svc.cluster.local AAAA fd00::7',
      '7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa PTR api.shop.svc.cluster.local',
      '_http._tcp.api.shop.svc.cluster.local SRV 0 100 80 api.shop.svc.cluster.local',
      'api.shop.svc.cluster.local SRV 0 100 80 api.shop.svc.cluster.local',
      '_dns._udp.api.shop.svc.cluster.local SRV 0 100 53 api.shop.svc.cluster.local',
      'api.shop.svc.cluster.local SRV 0 100 53 api.shop.svc.cluster.local',
    ]);
  });

  it('with an unnamed port: no port name to ask for', () => {
    const spec = { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ports: [{ port: 80, protocol: 'TCP' }] };
    expect(lines(serviceRecords(service(spec), [], zone)).filter((line) => line.startsWith('_'))).toEqual([]);
  });

  it('without a cluster address: each ready endpoint, by its hostname or its address', () => {
    const slices = [slice([
      { addresses: ['10.244.1.7'], hostname: 'db-0', conditions: { ready: true } },
      { addresses: ['10.244.2.7'], conditions: {} },
      { addresses: ['10.244.3.7'], conditions: { ready: false, serving: true } },
    ])];
    expect(lines(serviceRecords(service({ clusterIP: 'None', clusterIPs: ['None'] }), slices, zone))).toEqual([
      'api.shop.svc.cluster.local A 10.244.1.7',
      'db-0.api.shop.svc.cluster.local A 10.244.1.7',
      '7.1.244.10.in-addr.arpa PTR db-0.api.shop.svc.cluster.local',
      '_http._tcp.api.shop.svc.cluster.local SRV 0 100 8080 db-0.api.shop.svc.cluster.local',
      'api.shop.svc.cluster.local SRV 0 100 8080 db-0.api.shop.svc.cluster.local',
      'api.shop.svc.cluster.local A 10.244.2.7',
      '10-244-2-7.api.shop.svc.cluster.local A 10.244.2.7',
      '7.2.244.10.in-addr.arpa PTR 10-244-2-7.api.shop.svc.cluster.local',
      '_http._tcp.api.shop.svc.cluster.local SRV 0 100 8080 10-244-2-7.api.shop.svc.cluster.local',
      'api.shop.svc.cluster.local SRV 0 100 8080 10-244-2-7.api.shop.svc.cluster.local',
    ]);
  });

  it('has none without ready endpoints, and says an address that stands in two slices once', () => {
    const headless = service({ clusterIP: 'None', clusterIPs: ['None'] });
    expect(serviceRecords(headless, [slice([{ addresses: ['10.244.1.7'], conditions: { ready: false } }])], zone)).toEqual([]);
    const twice = [slice([{ addresses: ['10.244.1.7'] }], [{ name: 'a', port: 1 }]), slice([{ addresses: ['10.244.1.7'] }], [{ name: 'b', port: 2 }])];
    expect(lines(serviceRecords(headless, twice, zone)).filter((line) => line.startsWith('api.shop.svc.cluster.local A'))).toHaveLength(1);
  });

  it.each([
    ['an external name', { type: 'ExternalName', externalName: 'DB.example.org.' }, ['api.shop.svc.cluster.local CNAME db.example.org']],
    ['no address yet', { type: 'ClusterIP', clusterIP: '' }, []],
  ])('with %s', (_title, spec, expected) => {
    expect(lines(serviceRecords(service(spec), [], zone))).toEqual(expected);
  });
});
