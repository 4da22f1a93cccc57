import { registerHostModules, type ModuleNamespace } from '@keelson/distro';

/**
 * What a plugin or distribution file may import from the program itself, so that it needs no copy of its own. One
 * entry per public path of the SDK and the API; `node tools/build/host-modules.mjs` rewrites the list, a test
 * compares it with the folders.
 */
const modules: Readonly<Record<string, () => Promise<ModuleNamespace>>> = {
  '@keelson/api': () => import('@keelson/api'),
  '@keelson/api/admissionregistration/v1': () => import('@keelson/api/admissionregistration/v1'),
  '@keelson/api/apiextensions/v1': () => import('@keelson/api/apiextensions/v1'),
  '@keelson/api/apiregistration/v1': () => import('@keelson/api/apiregistration/v1'),
  '@keelson/api/apps/v1': () => import('@keelson/api/apps/v1'),
  '@keelson/api/authentication/v1': () => import('@keelson/api/authentication/v1'),
  '@keelson/api/authorization/v1': () => import('@keelson/api/authorization/v1'),
  '@keelson/api/autoscaling/v1': () => import('@keelson/api/autoscaling/v1'),
  '@keelson/api/autoscaling/v2': () => import('@keelson/api/autoscaling/v2'),
  '@keelson/api/batch/v1': () => import('@keelson/api/batch/v1'),
  '@keelson/api/certificates/v1': () => import('@keelson/api/certificates/v1'),
  '@keelson/api/columns': () => import('@keelson/api/columns'),
  '@keelson/api/conversion': () => import('@keelson/api/conversion'),
  '@keelson/api/coordination/v1': () => import('@keelson/api/coordination/v1'),
  '@keelson/api/core/v1': () => import('@keelson/api/core/v1'),
  '@keelson/api/defaulting': () => import('@keelson/api/defaulting'),
  '@keelson/api/descriptions': () => import('@keelson/api/descriptions'),
  '@keelson/api/discovery/v1': () => import('@keelson/api/discovery/v1'),
  '@keelson/api/events/v1': () => import('@keelson/api/events/v1'),
  '@keelson/api/flowcontrol/v1': () => import('@keelson/api/flowcontrol/v1'),
  '@keelson/api/intstr': () => import('@keelson/api/intstr'),
  '@keelson/api/meta': () => import('@keelson/api/meta'),
  '@keelson/api/names': () => import('@keelson/api/names'),
  '@keelson/api/networking/v1': () => import('@keelson/api/networking/v1'),
  '@keelson/api/node/v1': () => import('@keelson/api/node/v1'),
  '@keelson/api/policy/v1': () => import('@keelson/api/policy/v1'),
  '@keelson/api/quantity': () => import('@keelson/api/quantity'),
  '@keelson/api/rbac/v1': () => import('@keelson/api/rbac/v1'),
  '@keelson/api/resource/v1': () => import('@keelson/api/resource/v1'),
  '@keelson/api/scheduling/v1': () => import('@keelson/api/scheduling/v1'),
  '@keelson/api/schema': () => import('@keelson/api/schema'),
  '@keelson/api/selectors': () => import('@keelson/api/selectors'),
  '@keelson/api/storage/v1': () => import('@keelson/api/storage/v1'),
  '@keelson/api/strategy': () => import('@keelson/api/strategy'),
  '@keelson/api/time': () => import('@keelson/api/time'),
  '@keelson/api/validation': () => import('@keelson/api/validation'),
  '@keelson/sdk': () => import('@keelson/sdk'),
  '@keelson/sdk/admission': () => import('@keelson/sdk/admission'),
  '@keelson/sdk/auth': () => import('@keelson/sdk/auth'),
  '@keelson/sdk/controller': () => import('@keelson/sdk/controller'),
  '@keelson/sdk/runtime': () => import('@keelson/sdk/runtime'),
  '@keelson/sdk/scheduler': () => import('@keelson/sdk/scheduler'),
  '@keelson/client': () => import('@keelson/client'),
  '@keelson/distro': () => import('@keelson/distro'),
  '@keelson/reconcile': () => import('@keelson/reconcile'),
  '@keelson/telemetry': () => import('@keelson/telemetry'),
  '@opentelemetry/api': () => import('@opentelemetry/api'),
  'zod': () => import('zod'),
};

/** Paths that host modules are registered under. */
export const hostModulePaths: readonly string[] = Object.keys(modules);

/** Loads and registers them; once, before the first file of a user is loaded. */
export async function provideHostModules(): Promise<void> {
  const loaded = await Promise.all(Object.entries(modules).map(async ([path, load]) => [path, await load()] as const));
  registerHostModules(Object.fromEntries(loaded));
}
