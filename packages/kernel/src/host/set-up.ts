import { KeelsonError } from '@keelson/sdk';
import type { Contribution, PluginClass, PluginInstance, Provision, Setup } from '@keelson/sdk';
import { mayFill } from './manifest-check.ts';
import type { ScopedService } from './options.ts';
import type { Unit } from './unit.ts';
import type { KernelContainer } from './wiring/kernel-container.ts';

/** Opens a fresh child container for the plugin, with its own services and module. */
export function openScope(unit: Unit, container: KernelContainer): void {
  unit.scope = container.open(unit.services, unit.plugin.bindings);
}

/** Binds one scoped service in the plugin's container, unless its own module did. */
function bindScoped(unit: Unit, container: KernelContainer, service: ScopedService): void {
  const scope = unit.scope!;
  if (scope.ownsKey(service.token.key)) return;
  const from = service.from.map((token) => token.key);
  if (!from.every((key) => scope.ownsKey(key) || container.has(key))) return;
  scope.bindLazily(service.token.key, from, (dependencies) => service.make(unit.plugin, dependencies));
}

/**
 * Calls the plugin's `setup` in its open scope and makes what it provides the current values.
 * @throws whatever `setup` throws, and KEEL_BAD_SETUP when the result is not what the manifest says
 */
export function setUp(unit: Unit, container: KernelContainer, scoped: readonly ScopedService[]): void {
  const scope = unit.scope!;
  // A plugin with a module of its own may use any of them inside; binding is lazy, so that costs little.
  for (const service of scoped) if (unit.plugin.bindings !== undefined || requires(unit, service.token.key)) bindScoped(unit, container, service);
  const result: Setup = scope.setUp({
    fields: unit.requires.map(([field, { key, tokenKind }]) => ({ field, key, optional: tokenKind === 'optional' })),
    config: unit.config,
    run: (dependencies) => unit.plugin.setup(dependencies as never),
  });
  const instance = asInstance(unit, result);
  const provides = instance.provides ?? [];
  unit.instance = instance;
  unit.contributions = provides.filter((item): item is Contribution => 'contributionTo' in item);
  unit.provisions = provides.filter((item): item is Provision => 'provisionOf' in item);
  checkProvides(unit);
  unit.used = false;
  unit.generation += 1;
  unit.builtWith = new Map(unit.edges.map(({ to }) => [to, to.generation]));
  for (const { provisionOf, value } of unit.provisions) container.provide(provisionOf, value);
}

function requires(unit: Unit, key: string): boolean {
  return unit.requires.some(([, requirement]) => requirement.key === key);
}

function asInstance(unit: Unit, result: Setup): PluginInstance {
  if (typeof result === 'function') return unit.scope!.construct(result as PluginClass);
  if (Array.isArray(result)) return { provides: result as readonly (Contribution | Provision)[] };
  if (typeof result !== 'object' || result === null) throw bad(unit, `setup must return contributions, an instance or a class, not ${result === null ? 'null' : typeof result}`);
  if (typeof (result as { then?: unknown }).then === 'function') throw bad(unit, 'setup must be synchronous: move what waits into start');
  return result as PluginInstance;
}

function checkProvides(unit: Unit): void {
  const { plugin, contributions, provisions } = unit;
  const declared = new Set((plugin.provides ?? []).filter((provided) => provided.tokenKind === 'token').map((provided) => provided.key));
  for (const { provisionOf } of provisions) {
    if (!declared.delete(provisionOf)) throw bad(unit, `setup gives ${provisionOf}, which "provides" does not list`);
  }
  const [missing] = declared;
  if (missing !== undefined) throw bad(unit, `"provides" lists ${missing}, but setup does not give it`);
  for (const { contributionTo } of contributions) {
    if (!mayFill(plugin, contributionTo)) throw bad(unit, `setup contributes to ${contributionTo}, which neither its kind "${plugin.kind}" implies nor "provides" lists`);
  }
}

function bad(unit: Unit, message: string): KeelsonError {
  return new KeelsonError('KEEL_BAD_SETUP', `${unit.name}: ${message}`);
}
