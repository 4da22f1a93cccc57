// Who may import whom: the layer table of the architecture, the floors of the kernel, the homes of vendor libraries.

const allow = {
  api: [],
  sdk: ['api'],
  telemetry: ['api', 'sdk'],
  'dns-wire': ['api', 'sdk'],
  kernel: ['api', 'sdk', 'telemetry'],
  client: ['api', 'sdk', 'telemetry', 'kernel', 'reconcile', 'node'],
  reconcile: ['api', 'sdk', 'telemetry', 'kernel', 'client', 'node'],
  node: ['api', 'sdk', 'telemetry', 'kernel', 'client', 'reconcile'],
  'pod-network': ['api', 'sdk', 'telemetry', 'client'],
  distro: ['api', 'sdk', 'telemetry', 'kernel', 'client', 'reconcile', 'node', 'cli'],
  hosts: ['api', 'sdk', 'telemetry', 'kernel', 'client'],
  cli: ['api', 'sdk', 'telemetry', 'kernel', 'client', 'reconcile', 'node', 'distro', 'hosts'],
};
/** Kernel floors, top to bottom: each imports only those before it. */
const floors = ['storage', 'watch', 'apiserver', 'host'];
const test = '[.]i?test[.]ts$|/testdata/|-suite[.]ts$';

const layers = Object.entries(allow).map(([from, to]) => ({
  name: `layer-${from}`,
  comment: `packages/${from} may import ${to.length === 0 ? 'no other package' : to.join(', ')}`,
  severity: 'error',
  from: { path: `^packages/${from}/src/`, pathNot: test },
  to: { path: '^packages/([^/]+)/', pathNot: [`^packages/(${[from, ...to].join('|')})/`] },
}));

const kernelFloors = floors.map((floor, i) => ({
  name: `floor-${floor}`,
  comment: `packages/kernel/src/${floor} may import ${i === 0 ? 'no other floor' : floors.slice(0, i).join(', ')}`,
  severity: 'error',
  from: { path: `^packages/kernel/src/${floor}/`, pathNot: test },
  to: { path: '^packages/kernel/src/([^/]+)/', pathNot: floors.slice(0, i + 1).map((name) => `^packages/kernel/src/${name}/`) },
}));

const forbidden = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    ...kernelFloors,
    forbidden('no-cycles', 'modules do not import each other in a circle', {}, { circular: true }),
    forbidden('api-pure', 'packages/api imports zod and nothing of Node', { path: '^packages/api/src/', pathNot: test }, { path: '.', pathNot: ['^packages/api/', 'node_modules/zod/'] }),
    forbidden('sdk-pure', 'packages/sdk imports api, zod and the OpenTelemetry API, nothing of Node', { path: '^packages/sdk/src/', pathNot: test }, { path: '.', pathNot: ['^packages/(sdk|api)/', 'node_modules/zod/', 'node_modules/@opentelemetry/api/'] }),
    forbidden('plugin-imports', 'a plugin imports api, sdk, telemetry, client, reconcile', { path: '^plugins/', pathNot: test }, { path: '^packages/', pathNot: ['^packages/(api|sdk|telemetry|client|reconcile|dns-wire|pod-network)/', '^packages/kernel/src/storage/'] }),
    forbidden('storage-contract', 'only a storage plugin imports kernel/storage', { path: '^plugins/', pathNot: ['^plugins/storage/', test] }, { path: '^packages/kernel/' }),
    forbidden('plugin-to-plugin', 'plugins talk through API objects or a token', { path: '^plugins/([^/]+/[^/]+)/', pathNot: test }, { path: '^plugins/', pathNot: ['^plugins/$1/'] }),
    forbidden('plugins-composed-in-distro', 'plugins are imported by presets and distributions only', { path: '^packages/', pathNot: ['^packages/distro/src/presets/', '^packages/testing/', test] }, { path: '^plugins/' }),
    forbidden('testing-in-tests', 'packages/testing is imported by tests only', { path: '.', pathNot: ['^packages/testing/', '^tools/', test] }, { path: '^packages/testing/' }),
    forbidden('nothing-imports-tools', 'nothing imports tools', { path: '^(packages|plugins|examples)/', pathNot: test }, { path: '^tools/' }),
    forbidden('example-imports', 'a third-party plugin needs the SDK only', { path: '^examples/', pathNot: test }, { path: '^(packages|plugins)/', pathNot: ['^packages/(api|sdk|distro)/', '^plugins/'] }),
    forbidden('home-of-etcd3', 'npm etcd3 is a baseline of the bench; the driver has a wire client of its own', { path: '^(packages|plugins)/', pathNot: test }, { path: 'node_modules/etcd3/' }),
    forbidden('home-of-otel-sdk', 'the OpenTelemetry SDK lives in telemetry; its API is free', { path: '^(packages|plugins)/', pathNot: '^packages/telemetry/' }, { path: 'node_modules/@opentelemetry/', pathNot: 'node_modules/@opentelemetry/api/' }),
    forbidden('home-of-inversify', 'inversify lives in kernel/src/host and in src/module.ts of a plugin', { path: '^(packages|plugins)/', pathNot: ['^packages/kernel/src/host/', '^plugins/[^/]+/[^/]+/src/module[.]ts$', test] }, { path: 'node_modules/inversify/' }),
    forbidden('own-index', 'index.ts is never imported from inside its package', { path: '^packages/([^/]+)/src/', pathNot: test }, { path: '^packages/$1/src/index[.]ts$' }),
    forbidden('unresolved', 'every import resolves', { path: '^(packages|plugins)/' }, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['keelson-source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
