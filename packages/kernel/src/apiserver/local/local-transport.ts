import type { KubeObject, Verb } from '@keelson/api';
import { StatusError, type ApiCall, type ApiTransport, type Cancel, type WatchEvent, type WatchHandle, type WatchHandler } from '@keelson/sdk';
import type { UserInfo } from '@keelson/sdk/auth';
import { deepFreeze, type CachedObject, type Subscription, type ViewEvent } from '../../watch/index.ts';
import type { ApiContext } from '../context.ts';
import { noSuchPath } from '../api-errors.ts';
import { planWatch, watchError } from '../handlers/index.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, ListReply, Reply } from '../request.ts';
import { requireAccess } from '../routing/access.ts';
import { dispatch, type SpecialHandlers } from '../routing/dispatch.ts';
import type { Conversion } from '../registry/conversion.ts';

const patchTypes = { json: 'application/json-patch+json', merge: 'application/merge-patch+json', strategic: 'application/strategic-merge-patch+json', apply: 'application/apply-patch+yaml' };

/**
 * The API without HTTP: the same routing, authorization, admission and storage, but objects are handed over parsed and
 * frozen, and every in-process watcher gets the same instance.
 */
export class LocalTransport implements ApiTransport {
  constructor(
    private readonly context: ApiContext,
    private readonly special: SpecialHandlers,
    private readonly user: UserInfo,
  ) {}

  async call(call: ApiCall): Promise<unknown> {
    const request = this.#request(call, call.verb);
    const access = requireAccess(this.context, request);
    if (access !== undefined) await access;
    const reply = await dispatch(this.context, this.special, request);
    return parsedReply(this.context, reply, request);
  }

  watch(call: Omit<ApiCall, 'verb' | 'body'>, handler: WatchHandler<KubeObject>): WatchHandle {
    const request = this.#request(call, 'watch');
    return new LocalWatch(this.context, request, handler);
  }

  #request(call: Omit<ApiCall, 'verb'>, verb: Verb): ApiRequest {
    const resource = this.context.registry.find(call.group, call.version, call.plural);
    if (resource === undefined) throw noSuchPath();
    const query = call.query ?? {};
    return {
      verb, resource,
      namespace: call.namespace === '' ? undefined : call.namespace,
      name: call.name,
      subresource: call.subresource ?? '',
      user: this.user,
      query: {
        get: (name) => (name === 'patchType' && call.patchType !== undefined ? patchTypes[call.patchType] : query[name]),
      },
      body: call.body === undefined ? undefined : { type: 'object', value: call.body },
      userAgent: this.user.name,
      signal: call.signal,
      warn: noWarning,
    };
  }
}

const noWarning = (): void => undefined;

/** Objects that are parsed and handed over before others get their turn. */
const perTurn = 256;

class LocalWatch implements WatchHandle {
  #subscription: Subscription | undefined;
  #timeout: Cancel | undefined;
  #stopped = false;
  #request: ApiRequest;
  readonly #started: Promise<void>;

  constructor(
    private readonly context: ApiContext,
    request: ApiRequest,
    private readonly handler: WatchHandler<KubeObject>,
  ) {
    this.#request = request;
    this.#started = this.#start().catch((error: unknown) => {
      this.#finish(watchError(error as Error));
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#timeout?.cancel();
    this.#subscription?.stop();
  }

  reached(revision: number): Promise<void> | undefined {
    const cache = this.#request.resource.storage?.cache;
    if (this.#subscription !== undefined) return cache?.reached(revision);
    return this.#started.then(() => cache?.reached(revision));
  }

  async #start(): Promise<void> {
    const request = this.#request;
    const { conversion, storage } = request.resource;
    await requireAccess(this.context, request);
    await storage?.cache.ready();
    const plan = await planWatch(this.context, request);
    if (this.#stopped) return;
    let given = 0;
    for (const cached of plan.initial) {
      if (++given % perTurn === 0) await this.context.nextTurn();
      if (this.#stopped) return;
      this.handler.event({ type: 'ADDED', object: convert(cached, conversion), resourceVersion: String(cached.revision) });
    }
    if (plan.bookmarks) this.handler.event(bookmark(request, plan.from, plan.markInitialEnd));
    if (this.#stopped) return;
    // What has happened since the plan was made is delivered at once.
    this.#subscription = plan.storage.cache.subscribe(plan.selector, plan.from, {
      event: (event) => {
        this.handler.event(handedOver(event, conversion));
      },
      end: (error) => {
        this.#finish(error === undefined ? undefined : watchError(error));
      },
    });
    if (this.#stopped) {
      this.#subscription.stop();
      return;
    }
    if (plan.timeoutSeconds !== undefined) {
      this.#timeout = this.context.clock.after(plan.timeoutSeconds * 1000, () => {
        this.#finish(undefined);
      });
    }
  }

  #finish(error: Error | undefined): void {
    if (this.#stopped) return;
    this.stop();
    this.handler.end(error);
  }
}

function handedOver(event: ViewEvent, conversion: Conversion | undefined): WatchEvent<KubeObject> {
  return { type: event.type, object: convert(event.object, conversion), resourceVersion: String(event.revision), ...(event.cause === undefined ? {} : { cause: event.cause }) };
}

function bookmark(request: ApiRequest, revision: number, initialEnd: boolean): WatchEvent<KubeObject> {
  const { kind } = request.resource;
  const metadata = { resourceVersion: String(revision), ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}) };
  return { type: 'BOOKMARK', resourceVersion: String(revision), object: deepFreeze({ kind: kind.kind, apiVersion: kind.apiVersion, metadata } as unknown as KubeObject) };
}

function convert(cached: CachedObject, conversion: Conversion | undefined): KubeObject {
  return conversion === undefined ? cached.object : deepFreeze(conversion.fromStorage(cached.object as MutableObject));
}

function parsedReply(context: ApiContext, reply: Reply, request: ApiRequest): unknown {
  switch (reply.type) {
    case 'cached':
      return convert(reply.cached, request.resource.conversion);
    case 'object':
      return deepFreeze(reply.object);
    case 'list':
      return parsedList(context, reply.list, request.resource.conversion);
    case 'text':
      throw new StatusError('NotAcceptable', 'this subresource answers text, which has no in-process form');
  }
}

async function parsedList(context: ApiContext, list: ListReply, conversion: Conversion | undefined): Promise<unknown> {
  const { kind } = list;
  const items: KubeObject[] = [];
  for (const item of list.items) {
    if (items.length % perTurn === perTurn - 1) await context.nextTurn();
    items.push(convert(item, conversion));
  }
  return Object.freeze({
    kind: kind.listKind,
    apiVersion: kind.apiVersion,
    metadata: Object.freeze({
      resourceVersion: String(list.revision),
      ...(list.continue === undefined ? {} : { continue: list.continue }),
      ...(list.remaining === undefined ? {} : { remainingItemCount: list.remaining }),
    }),
    items: Object.freeze(items),
  });
}
