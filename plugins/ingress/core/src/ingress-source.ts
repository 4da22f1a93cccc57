import type { SpanContext } from '@opentelemetry/api';
import { objectKey } from '@keelson/api';
import { Secret, Service } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import { Ingress, IngressClass } from '@keelson/api/networking/v1';
import type { InformerFactory } from '@keelson/client';
import { BackendResolver } from './backend-resolver.ts';
import { classOf } from './ingress-rules.ts';
import type { ProxyFeed } from './proxy-feed.ts';
import type { CertificatePair } from './routing-table.ts';

export interface IngressSourceOptions {
  readonly informers: InformerFactory;
  /** One feed per proxy; they share `backends` and `certificate` of this source. */
  readonly feeds: () => readonly ProxyFeed[];
  /** An Ingress came to a proxy, changed in it, or left it. */
  readonly routed: (ingress: Ingress, feed: ProxyFeed, cause: SpanContext | undefined) => void;
}

/** Watches what routing is made of and gives each proxy the Ingresses of its classes. */
export class IngressSource {
  readonly backends = new BackendResolver();
  readonly #options: IngressSourceOptions;
  readonly #certificates = new Map<string, CertificatePair>();
  /** Controller by class. */
  readonly #controllers = new Map<string, string>();

  constructor(options: IngressSourceOptions) {
    this.#options = options;
  }

  /** The pair of a TLS secret; undefined when there is none or it is not whole. */
  readonly certificate = (secret: string): CertificatePair | undefined => this.#certificates.get(secret);

  /** Resolves when all was told once. */
  async start(): Promise<void> {
    const { informers } = this.#options;
    const [classes, ingresses, services, slices] = [informers.use(IngressClass).informer, informers.use(Ingress).informer, informers.use(Service).informer, informers.use(EndpointSlice).informer];
    const secrets = informers.use(Secret, { fieldSelector: 'type=kubernetes.io/tls' }).informer;
    await Promise.all([classes.synced, ingresses.synced, services.synced, slices.synced, secrets.synced]);
    services.onChange(({ type, object, cause }) => this.#backendsChanged(this.backends.setService(objectKey(object), type === 'deleted' ? undefined : object), cause));
    slices.onChange(({ type, object, cause }) => this.#backendsChanged(this.backends.setSlice(object, type === 'deleted'), cause));
    secrets.onChange(({ type, object, cause }) => this.#secretChanged(object, type === 'deleted', cause));
    classes.onChange(({ type, object, cause }) => {
      const { name } = object.metadata;
      const controller = type === 'deleted' ? undefined : object.spec?.controller;
      if (this.#controllers.get(name) === controller) return;
      if (controller === undefined) this.#controllers.delete(name);
      else this.#controllers.set(name, controller);
      for (const ingress of ingresses.store.list()) if (classOf(ingress) === name) this.#place(ingress, cause);
    });
    ingresses.onChange(({ type, object, previous, cause }) => {
      if (type === 'deleted') this.#remove(object, cause);
      // Its own status is nothing new.
      else if (previous === undefined || previous.metadata.generation !== object.metadata.generation || classOf(previous) !== classOf(object)) this.#place(object, cause);
    });
  }

  #place(ingress: Ingress, cause: SpanContext | undefined): void {
    const controller = this.#controllers.get(classOf(ingress) ?? '');
    const key = objectKey(ingress);
    for (const feed of this.#options.feeds()) {
      const isIts = controller !== undefined && feed.proxy.controller === controller;
      if (!isIts && !feed.table.has(key)) continue;
      feed.table.set(key, isIts ? ingress : undefined);
      feed.changed(key, cause);
      this.#options.routed(ingress, feed, cause);
    }
  }

  #remove(ingress: Ingress, cause: SpanContext | undefined): void {
    const key = objectKey(ingress);
    for (const feed of this.#options.feeds()) {
      if (!feed.table.has(key)) continue;
      feed.table.set(key, undefined);
      feed.changed(key, cause);
    }
  }

  #backendsChanged(keys: readonly string[], cause: SpanContext | undefined): void {
    for (const key of keys) for (const feed of this.#options.feeds()) if (feed.table.backendChanged(key)) feed.changed(key, cause);
  }

  #secretChanged(secret: Secret, isGone: boolean, cause: SpanContext | undefined): void {
    const key = objectKey(secret);
    const [certificate, privateKey] = ['tls.crt', 'tls.key'].map((name) => Buffer.from(secret.data?.[name] ?? '', 'base64').toString('utf8'));
    if (isGone || certificate === '' || privateKey === '') this.#certificates.delete(key);
    else this.#certificates.set(key, { certificate: certificate!, key: privateKey! });
    for (const feed of this.#options.feeds()) if (feed.table.uses(key)) feed.changed(key, cause);
  }
}
