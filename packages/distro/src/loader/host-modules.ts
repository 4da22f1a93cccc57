/** A module namespace as `import * as` gives it. */
export type ModuleNamespace = Readonly<Record<string, unknown>>;

/** A module, or the way to load it when a file first imports it: most files need few of them. */
export type HostModule = ModuleNamespace | (() => Promise<ModuleNamespace>);

const registered = new Map<string, HostModule>();

/**
 * Gives loaded distributions and plugins the host's own instances of these modules, so that a plugin needs no second
 * copy of the SDK. Called by the program's entry, once, with everything that plugins may import.
 */
export function registerHostModules(modules: Readonly<Record<string, HostModule>>): void {
  for (const [specifier, module] of Object.entries(modules)) registered.set(specifier, module);
}

/** Loads a registered module where that is still due; undefined for others. */
export async function loadHostModule(specifier: string): Promise<ModuleNamespace | undefined> {
  const module = registered.get(specifier);
  if (typeof module !== 'function') return module;
  const loaded = await module();
  registered.set(specifier, loaded);
  return loaded;
}

/** A registered module that has been loaded. */
export function hostModule(specifier: string): ModuleNamespace | undefined {
  const module = registered.get(specifier);
  return typeof module === 'function' ? undefined : module;
}
