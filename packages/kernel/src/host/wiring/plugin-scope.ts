import type { Container } from 'inversify';
import type { PluginClass, PluginInstance, Setup } from '@keelson/sdk';

/** What a plugin's `setup` takes. */
export interface SetupCall {
  /** Field name, key and whether the value may be missing. */
  readonly fields: readonly { readonly field: string; readonly key: string; readonly optional: boolean }[];
  readonly config: unknown;
  run(dependencies: Record<string, unknown>): Setup;
}

const setupId = Symbol('keelson.setup');

/** One plugin's child container for one (re)start. A restart drops it and opens a fresh one. */
export class PluginScope {
  readonly #child: Container;

  constructor(child: Container) {
    this.#child = child;
  }

  /** True if the key is bound by the plugin's own module or services, not by the kernel's container. */
  ownsKey(key: string): boolean {
    return this.#child.isCurrentBound(key);
  }

  /** Binds a service that is made from others when somebody first asks for it. */
  bindLazily(key: string, from: readonly string[], make: (dependencies: readonly unknown[]) => unknown): void {
    this.#child
      .bind(key)
      .toResolvedValue((...dependencies: unknown[]) => make(dependencies), from as [])
      .inSingletonScope();
  }

  /** Calls `setup` with its requirements resolved in this container. */
  setUp(call: SetupCall): Setup {
    const { fields, config } = call;
    const build = (...values: unknown[]): Setup => {
      const dependencies: Record<string, unknown> = { config };
      for (let at = 0; at < fields.length; at += 1) dependencies[fields[at]!.field] = values[at];
      return call.run(dependencies);
    };
    const ids = fields.map(({ key, optional }) => (optional ? { serviceIdentifier: key, optional: true as const } : key));
    // Boxed: inversify takes a promise for an asynchronous service, and a misbehaved setup deserves a better message.
    this.#child.bind<{ readonly setup: Setup }>(setupId).toResolvedValue((...values: unknown[]) => ({ setup: build(...values) }), ids as []);
    return this.#child.get<{ readonly setup: Setup }>(setupId).setup;
  }

  /** Makes the decorated class that a `setup` may name instead of returning an object. */
  construct(type: PluginClass): PluginInstance {
    this.#child.bind(type).toSelf().inSingletonScope();
    return this.#child.get<PluginInstance>(type);
  }

  /** The value of a key; undefined when nothing binds it. */
  resolve(key: string): unknown {
    return this.#child.get<unknown>(key, { optional: true });
  }
}
