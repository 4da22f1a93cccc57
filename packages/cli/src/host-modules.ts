import { registerHostModules, type ModuleNamespace } from '@keelson/distro';

/**
 * What a plugin or distribution file may import from the program itself, so that it needs no copy of its own: every
 * public path of the SDK and the API, and the plugins that come with the program. `node tools/build/host-modules.mjs`
 * rewrites the lists, a test compares them with the folders. Not among them is `@keelson/testing`: tests of a plugin run
 * in their author's test runner, with the package installed.
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
  '@keelson/api/protobuf': () => import('@keelson/api/protobuf'),
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
  '@keelson/sdk/cni': () => import('@keelson/sdk/cni'),
  '@keelson/sdk/controller': () => import('@keelson/sdk/controller'),
  '@keelson/sdk/dns': () => import('@keelson/sdk/dns'),
  '@keelson/sdk/ingress': () => import('@keelson/sdk/ingress'),
  '@keelson/sdk/proxy': () => import('@keelson/sdk/proxy'),
  '@keelson/sdk/runtime': () => import('@keelson/sdk/runtime'),
  '@keelson/sdk/scheduler': () => import('@keelson/sdk/scheduler'),
  '@keelson/sdk/volumes': () => import('@keelson/sdk/volumes'),
  '@keelson/client': () => import('@keelson/client'),
  '@keelson/distro': () => import('@keelson/distro'),
  '@keelson/distro/presets': () => import('@keelson/distro/presets'),
  '@keelson/kernel/storage': () => import('@keelson/kernel/storage'),
  '@keelson/reconcile': () => import('@keelson/reconcile'),
  '@keelson/telemetry': () => import('@keelson/telemetry'),
  '@opentelemetry/api': () => import('@opentelemetry/api'),
  'zod': () => import('zod'),
};

/** Plugins that come with the program, by package name. */
const plugins: readonly string[] = [
  '@keelson/admission-default-ingress-class',
  '@keelson/admission-default-storage-class',
  '@keelson/admission-default-tolerations',
  '@keelson/admission-limit-ranger',
  '@keelson/admission-namespace-lifecycle',
  '@keelson/admission-priority',
  '@keelson/admission-service-account',
  '@keelson/admission-storage-object-in-use-protection',
  '@keelson/admission-taint-nodes-by-condition',
  '@keelson/auth-bootstrap-token',
  '@keelson/cni-bridge',
  '@keelson/cni-chain',
  '@keelson/cni-flannel-host-gw',
  '@keelson/cni-flannel-mixed',
  '@keelson/cni-flannel-vxlan',
  '@keelson/cni-host-local',
  '@keelson/cni-netlink',
  '@keelson/controller-csr-approving',
  '@keelson/controller-csr-cleaner',
  '@keelson/controller-csr-signing',
  '@keelson/controller-deployment',
  '@keelson/controller-endpoints',
  '@keelson/controller-endpointslice',
  '@keelson/controller-garbage-collector',
  '@keelson/controller-namespace',
  '@keelson/controller-node-lifecycle',
  '@keelson/controller-pod-garbage-collector',
  '@keelson/controller-replicaset',
  '@keelson/controller-root-ca-publisher',
  '@keelson/controller-runner',
  '@keelson/controller-service-account',
  '@keelson/controller-service-account-token',
  '@keelson/dns-cache',
  '@keelson/dns-cluster',
  '@keelson/dns-forward',
  '@keelson/dns-hosts',
  '@keelson/dns-server',
  '@keelson/ingress-built-in',
  '@keelson/ingress-core',
  '@keelson/proxy-core',
  '@keelson/proxy-nftables',
  '@keelson/runtime-cri',
  '@keelson/runtime-process',
  '@keelson/runtime-sim',
  '@keelson/scheduler-balanced-allocation',
  '@keelson/scheduler-core',
  '@keelson/scheduler-node-affinity',
  '@keelson/scheduler-node-name',
  '@keelson/scheduler-node-resources-fit',
  '@keelson/scheduler-node-unschedulable',
  '@keelson/scheduler-taint-toleration',
  '@keelson/volume-config-map',
  '@keelson/volume-downward-api',
  '@keelson/volume-empty-dir',
  '@keelson/volume-host-path',
  '@keelson/volume-projected',
  '@keelson/volume-secret',
];

/** Paths that host modules are registered under. */
export const hostModulePaths: readonly string[] = [...Object.keys(modules), '@keelson/node/plugin', ...plugins];

/** Registers them; once, before the first file of a user is loaded. A module is loaded when a file imports it. */
export function provideHostModules(): void {
  registerHostModules(modules);
  for (const name of ['@keelson/node/plugin', ...plugins]) registerHostModules({ [name]: () => loadPlugin(name) });
}

async function loadPlugin(name: string): Promise<ModuleNamespace> {
  const { pluginModule } = await import('@keelson/distro/presets/plugin-modules');
  const found = pluginModule(name) ?? {};
  return typeof found === 'function' ? found() : found;
}
