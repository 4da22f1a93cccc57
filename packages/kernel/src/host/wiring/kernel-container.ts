import { Container, type ContainerModule } from 'inversify';
import { KeelsonError } from '@keelson/sdk';
import { PluginScope } from './plugin-scope.ts';

/** The kernel's own container: global provisions, what plugins provide, and the points. */
export class KernelContainer {
  readonly #root = new Container();
  /** The same values, for reads that have no reason to go through a container. */
  readonly #values = new Map<string, unknown>();

  readonly #bound = new Set<string>();

  /** Binds what will be provided later: a binding that comes when plugins have their containers makes each forget its plans. */
  declare(key: string): void {
    if (this.#bound.has(key)) return;
    this.#bound.add(key);
    this.#root.bind(key).toDynamicValue(() => {
      if (!this.#values.has(key)) throw new KeelsonError('KEEL_NOT_PROVIDED', `${key} is not provided yet: a plugin that needs it lists it in "requires"`);
      return this.#values.get(key);
    });
  }

  /** Makes `value` the one that later set-ups get for `key`. */
  provide(key: string, value: unknown): void {
    this.declare(key);
    this.#values.set(key, value);
  }

  withdraw(key: string): void {
    this.#values.delete(key);
    if (this.#bound.delete(key)) this.#root.unbind(key);
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
