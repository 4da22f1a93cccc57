import { Container, type ContainerModule } from 'inversify';
import { PluginScope } from './plugin-scope.ts';

/** The kernel's own container: global provisions, what plugins provide, and the points. */
export class KernelContainer {
  readonly #root = new Container();
  /** The same values, for reads that have no reason to go through a container. */
  readonly #values = new Map<string, unknown>();

  /** Makes `value` the one that later set-ups get for `key`. */
  provide(key: string, value: unknown): void {
    if (this.#values.has(key)) this.#root.unbind(key);
    this.#root.bind(key).toConstantValue(value);
    this.#values.set(key, value);
  }

  withdraw(key: string): void {
    if (!this.#values.delete(key)) return;
    this.#root.unbind(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  valueOf(key: string): unknown {
    return this.#values.get(key);
  }

  /** Opens a child container that holds a plugin's own services and, where it brings one, its own module. */
  open(services: ReadonlyMap<string, unknown>, bindings: unknown): PluginScope {
    const child = new Container({ parent: this.#root });
    for (const [key, value] of services) child.bind(key).toConstantValue(value);
    if (bindings !== undefined) child.load(bindings as ContainerModule);
    return new PluginScope(child);
  }
}
