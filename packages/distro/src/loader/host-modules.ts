/** A module namespace as `import * as` gives it. */
export type ModuleNamespace = Readonly<Record<string, unknown>>;

const registered = new Map<string, ModuleNamespace>();

/**
 * Gives loaded distributions and plugins the host's own instances of these modules, so that a plugin needs no second
 * copy of the SDK. Called by the program's entry, once, with everything that plugins may import.
 */
export function registerHostModules(modules: Readonly<Record<string, ModuleNamespace>>): void {
  for (const [specifier, namespace] of Object.entries(modules)) registered.set(specifier, namespace);
}

/** The registered module, if any. */
export function hostModule(specifier: string): ModuleNamespace | undefined {
  return registered.get(specifier);
}
