import { objectKey } from '@keelson/api';
import type { Service } from '@keelson/api/core/v1';
import type { EndpointSlice } from '@keelson/api/discovery/v1';
import type { IngressBackend, IngressEndpoint } from '@keelson/sdk/ingress';

/** A service and one of its ports, as an Ingress names them. */
export interface BackendRef {
  readonly namespace: string;
  readonly service: string;
  /** Name or number. */
  readonly port: string | number;
}

/** `namespace/service:port`. */
export function backendKey({ namespace, service, port }: BackendRef): string {
  return `${namespace}/${service}:${port}`;
}

const serviceLabel = 'kubernetes.io/service-name';

/** Services and their ready endpoints; answers backends that stay the same objects until they change. */
export class BackendResolver {
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  readonly #backends = new Map<string, { readonly ref: BackendRef; readonly backend: IngressBackend | undefined }>();

  /** The backend; undefined when there is no such service or port. Remembered until `forget`. */
  find(ref: BackendRef): IngressBackend | undefined {
    const key = backendKey(ref);
    const known = this.#backends.get(key);
    if (known !== undefined) return known.backend;
    const backend = this.#resolve(ref);
    this.#backends.set(key, { ref, backend });
    return backend;
  }

  forget(key: string): void {
    this.#backends.delete(key);
  }

  /** Answers the keys of backends that are others now. */
  setService(key: string, service: Service | undefined): readonly string[] {
    if (service === undefined) this.#services.delete(key);
    else this.#services.set(key, service);
    return this.#refresh(key);
  }

  setSlice(slice: EndpointSlice, isGone: boolean): readonly string[] {
    const name = slice.metadata.labels?.[serviceLabel];
    if (name === undefined || name === '') return [];
    const service = `${slice.metadata.namespace ?? ''}/${name}`;
    const slices = this.#slices.get(service) ?? new Map<string, EndpointSlice>();
    if (isGone) slices.delete(objectKey(slice));
    else slices.set(objectKey(slice), slice);
    if (slices.size === 0) this.#slices.delete(service);
    else this.#slices.set(service, slices);
    return this.#refresh(service);
  }

  #refresh(service: string): readonly string[] {
    const changed: string[] = [];
    const prefix = `${service}:`;
    for (const [key, { ref, backend }] of this.#backends) {
      if (!key.startsWith(prefix)) continue;
      const now = this.#resolve(ref);
      if (JSON.stringify(now) === JSON.stringify(backend)) continue;
      this.#backends.set(key, { ref, backend: now });
      changed.push(key);
    }
    return changed;
  }

  #resolve(ref: BackendRef): IngressBackend | undefined {
    const name = `${ref.namespace}/${ref.service}`;
    const service = this.#services.get(name);
    if (service?.spec === undefined) return undefined;
    const { spec } = service;
    const port = spec.ports?.find((each) => (typeof ref.port === 'number' ? each.port === ref.port : each.name === ref.port));
    if (spec.type === 'ExternalName') {
      const number = port?.port ?? (typeof ref.port === 'number' ? ref.port : undefined);
      return number === undefined || spec.externalName === undefined ? undefined : Object.freeze({ key: backendKey(ref), endpoints: [{ address: spec.externalName, port: number }] });
    }
    if (port === undefined) return undefined;
    const endpoints: IngressEndpoint[] = [];
    const seen = new Set<string>();
    for (const slice of this.#slices.get(name)?.values() ?? []) {
      const target = slice.ports?.find((each) => (each.name ?? '') === (port.name ?? '') && (each.protocol ?? 'TCP') === 'TCP')?.port;
      if (target === undefined || slice.addressType === 'FQDN') continue;
      for (const { addresses, conditions } of slice.endpoints ?? []) {
        const address = addresses[0];
        if (address === undefined || conditions?.ready === false || seen.has(`${address} ${target}`)) continue;
        seen.add(`${address} ${target}`);
        endpoints.push({ address, port: target });
      }
    }
    return Object.freeze({ key: backendKey(ref), endpoints: endpoints.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port)) });
  }
}
