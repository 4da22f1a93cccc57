import { CacheEvent, type ViewEvent } from './cache-event.ts';
import type { CachedObject } from './cached-object.ts';
import type { ObjectSelector } from './selector.ts';

/** Gets the events of a view as they happen; must not throw. */
export interface ViewSubscriber {
  event(event: ViewEvent): void;
  /** Everything up to `revision` has been handed over. */
  progress?(revision: number): void;
  /** The cache lost its place or is closing: resume or relist. */
  end(error: Error | undefined): void;
}

/** One selection of a resource with all its subscribers; its filter runs once per event, however many they are. */
export class View {
  readonly subscribers = new Set<ViewSubscriber>();

  constructor(
    readonly selector: ObjectSelector,
    private readonly stamp: (bytes: Buffer, revision: number) => void,
  ) {}

  includes(object: CachedObject): boolean {
    const { namespace, matches } = this.selector;
    if (namespace !== undefined && !object.key.startsWith(`${namespace}/`)) return false;
    return matches === undefined || matches(object.object);
  }

  /**
   * The event as this selection sees it: an object that starts to match is ADDED, one that ceases to is DELETED,
   * with its last matching state under the new revision.
   */
  translate(event: CacheEvent): ViewEvent | undefined {
    const { namespace, matches } = this.selector;
    if (namespace !== undefined && !event.object.key.startsWith(`${namespace}/`)) return undefined;
    if (matches === undefined) return event;
    const before = event.previous !== undefined && matches(event.previous.object);
    if (event.type === 'DELETED') return before ? event : undefined;
    const now = matches(event.object.object);
    if (now) return before || event.type === 'ADDED' ? event : new CacheEvent('ADDED', event.object, undefined, event.revision, event.cause);
    if (!before) return undefined;
    const last = event.previous!.restamped(event.revision, this.stamp);
    return new CacheEvent('DELETED', last, event.previous, event.revision, event.cause);
  }

  deliver(event: ViewEvent): void {
    for (const subscriber of this.subscribers) subscriber.event(event);
  }
}
