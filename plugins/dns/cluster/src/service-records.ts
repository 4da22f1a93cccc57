import type { Service } from '@keelson/api/core/v1';
import type { EndpointSlice } from '@keelson/api/discovery/v1';
import type { DnsRecord } from '@keelson/sdk/dns';
import { addressLabel, reverseName, type Zone } from './zone-names.ts';

interface PortOf {
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
}

/**
 * Every record of one service, by the Kubernetes DNS specification 1.1.0
 * (https://github.com/kubernetes/dns/blob/master/docs/specification.md). Empty for a headless service without ready
 * endpoints: its name then does not exist.
 */
export function serviceRecords(service: Service, slices: readonly EndpointSlice[], zone: Zone): readonly DnsRecord[] {
  const { metadata, spec } = service;
  const name = `${metadata.name}.${metadata.namespace ?? ''}.svc.${zone.domain}`;
  if (spec?.type === 'ExternalName') {
    const target = (spec.externalName ?? '').toLowerCase().replace(/\.$/, '');
    return target === '' ? [] : [{ name, type: 'CNAME', ttl: zone.ttl, data: target }];
  }
  const addresses = (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).filter((address) => address !== '');
  if (addresses.length === 0) return [];
  return addresses[0] === 'None' ? headlessRecords(name, slices, zone) : clusterIpRecords(name, addresses, spec?.ports ?? [], zone);
}

function clusterIpRecords(name: string, addresses: readonly string[], ports: readonly PortOf[], zone: Zone): DnsRecord[] {
  const records = new RecordList(zone.ttl);
  for (const address of addresses) {
    records.address(name, address);
    records.reverse(address, name);
  }
  for (const port of ports) records.port(name, port, name);
  return records.all;
}

function headlessRecords(name: string, slices: readonly EndpointSlice[], zone: Zone): DnsRecord[] {
  const records = new RecordList(zone.ttl);
  for (const { addressType, endpoints, ports } of slices) {
    if (addressType === 'FQDN') continue;
    for (const { addresses, hostname, conditions } of endpoints ?? []) {
      // Nobody said otherwise: ready (https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ready).
      if (conditions?.ready === false) continue;
      for (const address of addresses) {
        const own = `${hostname ?? addressLabel(address)}.${name}`;
        records.address(name, address);
        records.address(own, address);
        records.reverse(address, own);
        for (const port of ports ?? []) records.port(name, port, own);
      }
    }
  }
  return records.all;
}

/** Records without repetitions: an endpoint stands in a slice per port set, its address is one. */
class RecordList {
  readonly all: DnsRecord[] = [];
  readonly #seen = new Set<string>();

  constructor(private readonly ttl: number) {}

  address(name: string, address: string): void {
    this.#add({ name, type: address.includes(':') ? 'AAAA' : 'A', ttl: this.ttl, data: address }, address);
  }

  reverse(address: string, name: string): void {
    const reversed = reverseName(address);
    if (reversed !== undefined) this.#add({ name: reversed, type: 'PTR', ttl: this.ttl, data: name }, name);
  }

  /** SRV of a named port, and of every port at the service's own name. */
  port(service: string, { name, protocol, port }: PortOf, target: string): void {
    if (port === undefined) return;
    const data = { priority: 0, weight: 100, port, target };
    if (name !== undefined && name !== '') this.#add({ name: `_${name}._${(protocol ?? 'TCP').toLowerCase()}.${service}`, type: 'SRV', ttl: this.ttl, data }, `${port} ${target}`);
    this.#add({ name: service, type: 'SRV', ttl: this.ttl, data }, `${port} ${target}`);
  }

  #add(record: DnsRecord, identity: string): void {
    const key = `${record.name} ${record.type} ${identity}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.all.push(record);
  }
}
