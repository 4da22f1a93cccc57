import { builtinKinds, isTerminating, type KubeObject } from '@keelson/api';
import { CustomResourceDefinition } from '@keelson/api/apiextensions/v1';
import { isStatus, StatusError, type ApiTransport, type Cancel } from '@keelson/sdk';
import type { ApiContext } from '../context.ts';
import { everything, type Subscription } from '../../watch/index.ts';
import type { ResourceStorage } from '../registry/served-resource.ts';
import { definitionHook } from './definition-hook.ts';
import { cleanupFinalizer, isEstablished, nextStatus, terminating } from './definition-status.ts';
import { judgeNames, namesTakenBeside } from './names.ts';
import { servedKinds, type CustomVersion } from './served-kinds.ts';

const path = { group: CustomResourceDefinition.group, version: CustomResourceDefinition.version, plural: CustomResourceDefinition.plural };

/** What is served for one definition, and how it was made. */
interface Serving {
  readonly versions: readonly CustomVersion[];
  /** Tells whether the definition has changed in a way that matters here. */
  readonly mark: string;
  terminating: boolean;
}

/** Milliseconds after which a write that failed is tried again, doubled up to the last. */
const retryFirst = 100;
const retryLast = 10_000;

/**
 * Serves what CustomResourceDefinitions define: judges their names, reports by their status, adds and takes away kinds,
 * and deletes the objects of a definition that goes. One pass per definition at a time.
 */
export class CustomResources {
  readonly #serving = new Map<string, Serving>();
  readonly #running = new Map<string, { again: boolean }>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Set<Cancel>();
  readonly #leftovers = new Map<string, Subscription>();
  #subscription: Subscription | undefined;
  #closed = false;

  /** @param api acts as the server itself */
  constructor(
    private readonly context: ApiContext,
    private readonly api: ApiTransport,
  ) {
    context.hooks.set(CustomResourceDefinition, definitionHook(context.clock));
  }

  /** Serves what is established already, then follows all definitions. */
  async start(): Promise<void> {
    const { cache } = this.#storage;
    await cache.ready();
    for (const { object } of cache.list()) {
      const crd = object as unknown as CustomResourceDefinition;
      if (isEstablished(crd)) this.#serve(crd);
    }
    this.context.registry.changed();
    this.#subscription = cache.subscribe(everything, undefined, {
      event: ({ type, object }) => {
        const crd = object.object as unknown as CustomResourceDefinition;
        if (type === 'DELETED') {
          this.#gone(crd);
          return;
        }
        // At once: whoever sees the condition may use the kind.
        if (isEstablished(crd)) this.#serve(crd);
        this.#sync(crd.metadata.name!);
      },
      end: () => undefined,
    });
    for (const { name } of cache.list()) this.#sync(name);
  }

  close(): void {
    this.#closed = true;
    this.#subscription?.stop();
    for (const timer of this.#timers) timer.cancel();
    for (const subscription of this.#leftovers.values()) subscription.stop();
  }

  get #storage(): ResourceStorage {
    return this.context.registry.find(path.group, path.version, path.plural)!.storage!;
  }

  #definition(name: string): CustomResourceDefinition | undefined {
    return this.#storage.cache.get(name)?.object as unknown as CustomResourceDefinition | undefined;
  }

  /** Runs a pass soon; a call during a pass makes another one follow. */
  #sync(name: string): void {
    if (this.#closed) return;
    const running = this.#running.get(name);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const pass = { again: false };
    this.#running.set(name, pass);
    void this.#pass(name).then((failed) => {
      this.#running.delete(name);
      if (pass.again) this.#sync(name);
      else if (failed) this.#retry(name);
    });
  }

  /** Never rejects; true if it has to be tried again. */
  async #pass(name: string): Promise<boolean> {
    const crd = this.#definition(name);
    if (crd === undefined) return false;
    try {
      if (!(await this.#statusIsCurrent(crd))) return false;
      if (isTerminating(crd) && (crd.metadata.finalizers ?? []).includes(cleanupFinalizer)) await this.#cleanUp(crd);
      this.#failures.delete(name);
      return false;
    } catch (error) {
      if (this.#closed) return false;
      // Somebody else wrote first: that write's event starts the next pass. Or it is gone.
      if (isStatus(error, 'Conflict') || isStatus(error, 'NotFound')) return false;
      this.context.log.warn('custom resource definition cannot be brought up to date yet', { definition: name, error: (error as Error).message });
      return true;
    }
  }

  #retry(name: string): void {
    const failures = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, failures);
    const timer = this.context.clock.after(Math.min(retryFirst * 2 ** (failures - 1), retryLast), () => {
      this.#timers.delete(timer);
      this.#sync(name);
    });
    this.#timers.add(timer);
  }

  /** False when the status had to be written: that write's event comes back here. */
  async #statusIsCurrent(crd: CustomResourceDefinition): Promise<boolean> {
    const others = this.#storage.cache.list().map(({ object }) => object as unknown as CustomResourceDefinition);
    const verdict = judgeNames(crd, namesTakenBeside(crd, others, builtinKinds()));
    const status = nextStatus(crd, verdict, this.context.clock.now());
    if (status === undefined) return true;
    await this.#write({ ...crd, status }, 'status');
    return false;
  }

  #serve(crd: CustomResourceDefinition): void {
    const name = crd.metadata.name!;
    const present = this.#serving.get(name);
    const mark = JSON.stringify([crd.metadata.uid, crd.spec, crd.status?.acceptedNames, crd.status?.storedVersions]);
    if (present?.mark === mark) {
      present.terminating = isTerminating(crd);
      return;
    }
    const { registry, hooks } = this.context;
    if (present !== undefined) registry.remove(present.versions.map(({ kind }) => kind));
    const versions = servedKinds(crd);
    const serving: Serving = { versions, mark, terminating: isTerminating(crd) };
    for (const { kind, form } of versions) registry.add(kind, versions.map((version) => version.kind), form);
    hooks.set({ group: crd.spec.group, plural: crd.spec.names.plural }, {
      beforeCreate() {
        if (serving.terminating) throw new StatusError('MethodNotAllowed', 'create not allowed while custom resource definition is terminating');
        return undefined;
      },
    });
    this.#serving.set(name, serving);
    registry.changed();
  }

  #gone(crd: CustomResourceDefinition): void {
    const name = crd.metadata.name!;
    this.#leftovers.get(name)?.stop();
    this.#leftovers.delete(name);
    const serving = this.#serving.get(name);
    this.#serving.delete(name);
    if (serving !== undefined) {
      this.context.registry.remove(serving.versions.map(({ kind }) => kind));
      this.context.registry.changed();
    }
    // Names have become free for others that waited for them.
    for (const { name: other, object } of this.#storage.cache.list()) {
      if ((object as unknown as CustomResourceDefinition).spec.group === crd.spec.group) this.#sync(other);
    }
  }

  /** Deletes all objects; finalizers of theirs may hold some, whose end is waited for. */
  async #cleanUp(crd: CustomResourceDefinition): Promise<void> {
    const name = crd.metadata.name!;
    const version = this.#serving.get(name)?.versions[0]?.kind;
    const storage = version === undefined ? undefined : this.context.registry.find(version.group, version.version, version.plural)?.storage;
    if (version !== undefined && storage !== undefined) {
      await storage.cache.ready();
      if (storage.cache.state.size > 0) await this.api.call({ verb: 'deletecollection', group: version.group, version: version.version, plural: version.plural });
      if (storage.cache.state.size > 0) {
        this.#awaitLeftovers(name, storage);
        const running = terminating(crd, 'running', this.context.clock.now());
        if (crd.status?.conditions !== undefined && running.conditions?.some((one, index) => one !== crd.status!.conditions![index]) === true) await this.#write({ ...crd, status: running }, 'status');
        return;
      }
    }
    const finalizers = (crd.metadata.finalizers ?? []).filter((finalizer) => finalizer !== cleanupFinalizer);
    const { finalizers: _, ...metadata } = crd.metadata;
    await this.#write({ ...crd, metadata: { ...metadata, ...(finalizers.length === 0 ? {} : { finalizers }) } }, '');
  }

  #awaitLeftovers(name: string, { cache }: ResourceStorage): void {
    if (this.#leftovers.has(name)) return;
    const subscription = cache.subscribe(everything, undefined, {
      event: () => {
        if (cache.state.size > 0) return;
        subscription.stop();
        this.#leftovers.delete(name);
        this.#sync(name);
      },
      end: () => void this.#leftovers.delete(name),
    });
    this.#leftovers.set(name, subscription);
  }

  async #write(crd: CustomResourceDefinition, subresource: '' | 'status'): Promise<void> {
    await this.api.call({ verb: 'update', ...path, name: crd.metadata.name!, subresource, body: crd as KubeObject });
  }
}
