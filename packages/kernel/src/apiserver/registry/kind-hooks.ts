import type { Kind } from '@keelson/api';
import type { Random } from '@keelson/sdk';
import type { UserInfo } from '@keelson/sdk/auth';
import type { MutableObject } from '../mutable-object.ts';

/** What hooks may use. */
export interface HookContext {
  readonly random: Random;
}

/** What a hook may know of a create besides the object. */
export interface CreateContext extends HookContext {
  readonly user: UserInfo;
}

/** What the server itself adds to the life of one kind, beyond its schema (addresses of services, phases of namespaces). */
export interface KindHook {
  /** After defaulting and mutating admission, before validation. Returns how to take it back if the create fails. */
  beforeCreate?(object: MutableObject, context: CreateContext, dryRun: boolean): (() => void) | undefined;
  /** The same for updates; `old` is frozen. */
  beforeUpdate?(object: MutableObject, old: MutableObject, context: HookContext, dryRun: boolean): (() => void) | undefined;
  /** An update is stored: what `old` held and `next` does not is free. */
  settled?(next: MutableObject, old: MutableObject): void;
  /** True if the object has to wait for something beyond its finalizers before it can be removed (namespaces). */
  holdsDeletion?(object: MutableObject): boolean;
  /** Changes made when deletion begins. */
  beginDeletion?(object: MutableObject): void;
}

/** The hooks of all kinds, looked up by group and plural. */
export class KindHooks {
  readonly #hooks = new Map<string, KindHook>();

  set(kind: Pick<Kind, 'group' | 'plural'>, hook: KindHook): void {
    this.#hooks.set(`${kind.group}/${kind.plural}`, hook);
  }

  get(kind: Pick<Kind, 'group' | 'plural'>): KindHook | undefined {
    return this.#hooks.get(`${kind.group}/${kind.plural}`);
  }
}
