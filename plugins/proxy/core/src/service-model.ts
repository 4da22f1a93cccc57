import type { SpanContext } from '@opentelemetry/api';
import { objectKey } from '@keelson/api';
import { Node, Service } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import type { InformerFactory } from '@keelson/client';
import type { ServicePort, ServicePortKey } from '@keelson/sdk/proxy';
import { servicePorts, zoneOf } from './service-ports.ts';

export interface ServiceModelOptions {
  readonly informers: InformerFactory;
  /** '' where there is no node around. */
  readonly nodeName: string;
  readonly changed: (key: ServicePortKey, port: ServicePort | undefined, cause: SpanContext | undefined) => void;
}

/** This node, when it is known. */
export interface OwnNode {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly podCidrs: readonly string[];
}

const serviceLabel = 'kubernetes.io/service-name';

/** Services and their endpoints as the proxy sees them; a change of a slice touches the ports of its service only. */
export class ServiceModel {
  readonly #options: ServiceModelOptions;
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  /** Keys of the ports that a service has in the model. */
  readonly #keys = new Map<string, readonly ServicePortKey[]>();
  #zone: string | undefined;

  constructor(options: ServiceModelOptions) {
    this.#options = options;
  }

  /** Resolves when all services were told; with the node, once it is registered. */
  async start(signal: AbortSignal): Promise<OwnNode> {
    const { informers, nodeName } = this.#options;
    const services = informers.use(Service).informer;
    const slices = informers.use(EndpointSlice).informer;
    const own = await this.#ownNode(signal);
    await Promise.all([services.synced, slices.synced]);
    slices.onChange(({ type, object, previous, cause }) => {
      const key = serviceOf(object);
      const before = previous === undefined ? undefined : serviceOf(previous);
      if (before !== undefined && before !== key) {
        this.#forget(before, objectKey(object));
        this.#update(before, services.store.get(before), cause);
      }
      if (key === undefined) return;
      if (type === 'deleted') this.#forget(key, objectKey(object));
      else this.#remember(key, object);
      this.#update(key, services.store.get(key), cause);
    });
    services.onChange(({ type, object, cause }) => this.#update(objectKey(object), type === 'deleted' ? undefined : object, cause));
    if (nodeName !== '') {
      informers.use(Node, { fieldSelector: `metadata.name=${nodeName}` }).informer.onChange(({ object, cause }) => {
        const zone = zoneOf(object);
        if (zone === this.#zone) return;
        this.#zone = zone;
        for (const service of services.store.list()) this.#update(objectKey(service), service, cause);
      });
    }
    return own;
  }

  async #ownNode(signal: AbortSignal): Promise<OwnNode> {
    const { informers, nodeName } = this.#options;
    if (nodeName === '') return { name: '', addresses: [], podCidrs: [] };
    const { informer } = informers.use(Node, { fieldSelector: `metadata.name=${nodeName}` });
    await informer.synced;
    const node = await new Promise<Node>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error(`node ${nodeName} was not registered in time`)), { once: true });
      const stop = informer.onChange(({ object }) => {
        // Without a range it does not know its own pods yet.
        if (object.spec?.podCIDR !== undefined || (object.spec?.podCIDRs ?? []).length > 0) resolve(object);
      });
      void stop;
    });
    this.#zone = zoneOf(node);
    return {
      name: nodeName,
      addresses: (node.status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address),
      podCidrs: node.spec?.podCIDRs ?? [node.spec?.podCIDR ?? ''],
    };
  }

  #update(key: string, service: Service | undefined, cause: SpanContext | undefined): void {
    const { nodeName, changed } = this.#options;
    const ports = service === undefined ? [] : servicePorts(service, this.#slices.get(key)?.values() ?? [], { nodeName, zone: this.#zone });
    const now = new Set(ports.map((port) => port.key));
    for (const before of this.#keys.get(key) ?? []) if (!now.has(before)) changed(before, undefined, cause);
    for (const port of ports) changed(port.key, port, cause);
    if (ports.length === 0) this.#keys.delete(key);
    else this.#keys.set(key, [...now]);
  }

  #remember(key: string, slice: EndpointSlice): void {
    const known = this.#slices.get(key);
    if (known === undefined) this.#slices.set(key, new Map([[objectKey(slice), slice]]));
    else known.set(objectKey(slice), slice);
  }

  #forget(key: string, slice: string): void {
    const known = this.#slices.get(key);
    known?.delete(slice);
    if (known?.size === 0) this.#slices.delete(key);
  }
}

function serviceOf({ metadata }: EndpointSlice): string | undefined {
  const service = metadata.labels?.[serviceLabel];
  return service === undefined || service === '' ? undefined : `${metadata.namespace ?? ''}/${service}`;
}
