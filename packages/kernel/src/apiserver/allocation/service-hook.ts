import type { StatusCause } from '@keelson/api';
import { Service } from '@keelson/api/core/v1';
import { internalError, invalid } from '../api-errors.ts';
import type { HookContext, KindHook } from '../registry/kind-hooks.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ViewEvent } from '../../watch/index.ts';
import type { AddressRange } from './address-range.ts';
import type { PortRange } from './port-range.ts';

type ServiceObject = Service & MutableObject;

/**
 * Gives services their cluster address and node ports. What is taken is what the stored services hold (learned from
 * the cache) plus what writes in flight have reserved; a failed write gives its reservation back.
 */
export class ServiceAllocations implements KindHook {
  constructor(
    private readonly addresses: AddressRange,
    private readonly ports: PortRange,
  ) {}

  /** Takes what a stored service holds; at start for each one. */
  adopt(service: ServiceObject): void {
    for (const address of addressesOf(service)) this.addresses.take(address);
    for (const port of portsOf(service)) this.ports.take(port);
  }

  /** Follows the cache: a deleted service, or one that gave something up, frees it. */
  event(event: ViewEvent): void {
    if (event.type === 'DELETED') this.#release(event.object.object as ServiceObject, undefined);
  }

  beforeCreate(object: MutableObject, context: HookContext): (() => void) | undefined {
    return this.#allocate(object as ServiceObject, undefined, context);
  }

  beforeUpdate(object: MutableObject, old: MutableObject, context: HookContext): (() => void) | undefined {
    // What the update left out was taken over from the old object before: see keepAllocated of the API package.
    return this.#allocate(object as ServiceObject, old as ServiceObject, context);
  }

  /** Frees what an update gave up; called once the update is stored. */
  settled(next: MutableObject, old: MutableObject): void {
    this.#release(old as ServiceObject, next as ServiceObject);
  }

  #allocate(service: ServiceObject, old: ServiceObject | undefined, context: HookContext): () => void {
    const addresses: string[] = [];
    const ports: number[] = [];
    const undo = (): void => {
      for (const address of addresses) this.addresses.release(address);
      for (const port of ports) this.ports.release(port);
    };
    try {
      this.#allocateAddress(service, old, context, addresses);
      this.#allocatePorts(service, old, context, ports);
    } catch (error) {
      undo();
      throw error;
    }
    return undo;
  }

  #allocateAddress(service: ServiceObject, old: ServiceObject | undefined, context: HookContext, taken: string[]): void {
    const spec = service.spec ?? (service.spec = {});
    if (spec.type === 'ExternalName') {
      delete spec.clusterIP;
      delete spec.clusterIPs;
      return;
    }
    const wanted = spec.clusterIP ?? spec.clusterIPs?.[0] ?? '';
    if (wanted === 'None') {
      spec.clusterIP = 'None';
      spec.clusterIPs = ['None'];
      spec.ipFamilies ??= ['IPv4'];
      spec.ipFamilyPolicy ??= 'SingleStack';
      return;
    }
    let address = wanted;
    if (address === '') {
      const free = this.addresses.takeAny(context.random);
      if (free === undefined) throw internalError('failed to allocate IP 0.0.0.0: range is full');
      address = free;
      taken.push(free);
    } else if (!(old !== undefined && addressesOf(old).includes(address))) {
      if (!this.addresses.includes(address)) throw refuse(service, 'spec.clusterIPs', [address], `failed to allocate IP ${address}: the provided IP (${address}) is not in the valid range. The range of valid IPs is ${this.addresses.cidr}`);
      if (!this.addresses.take(address)) throw refuse(service, 'spec.clusterIPs', [address], `failed to allocate IP ${address}: provided IP is already allocated`);
      taken.push(address);
    }
    spec.clusterIP = address;
    spec.clusterIPs = [address];
    spec.ipFamilies ??= ['IPv4'];
    spec.ipFamilyPolicy ??= 'SingleStack';
  }

  #allocatePorts(service: ServiceObject, old: ServiceObject | undefined, context: HookContext, taken: number[]): void {
    const spec = service.spec!;
    const needsPorts = spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
    if (!needsPorts) {
      if (spec.type !== 'LoadBalancer') for (const port of spec.ports ?? []) delete port.nodePort;
      return;
    }
    const held = new Set(old === undefined ? [] : portsOf(old));
    const inThisService = new Set<number>();
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (port.nodePort === undefined || port.nodePort === 0) {
        const free = this.ports.takeAny(context.random);
        if (free === undefined) throw internalError('failed to allocate a nodePort: range is full');
        port.nodePort = free;
        taken.push(free);
      } else if (!held.has(port.nodePort) && !inThisService.has(port.nodePort)) {
        const field = `spec.ports[${index}].nodePort`;
        if (!this.ports.includes(port.nodePort)) throw refuse(service, field, port.nodePort, `provided port is not in the valid range. The range of valid ports is ${this.ports.first}-${this.ports.last}`);
        if (!this.ports.take(port.nodePort)) throw refuse(service, field, port.nodePort, 'provided port is already allocated');
        taken.push(port.nodePort);
      }
      inThisService.add(port.nodePort);
    }
  }

  #release(old: ServiceObject, next: ServiceObject | undefined): void {
    const kept = new Set<string | number>(next === undefined ? [] : [...addressesOf(next), ...portsOf(next)]);
    for (const address of addressesOf(old)) if (!kept.has(address)) this.addresses.release(address);
    for (const port of portsOf(old)) if (!kept.has(port)) this.ports.release(port);
  }
}

function addressesOf(service: ServiceObject): string[] {
  const spec = service.spec;
  const address = spec?.clusterIP ?? '';
  return address === '' || address === 'None' ? [] : [...new Set([address, ...(spec?.clusterIPs ?? [])])];
}

function portsOf(service: ServiceObject): number[] {
  return (service.spec?.ports ?? []).flatMap(({ nodePort }) => (nodePort === undefined || nodePort === 0 ? [] : [nodePort]));
}

function refuse(service: ServiceObject, field: string, value: unknown, why: string) {
  const cause: StatusCause = { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
  return invalid(Service, service.metadata.name ?? '', [cause]);
}
