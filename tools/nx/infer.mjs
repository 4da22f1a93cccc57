// What a project is follows from where its package.json lies: name, tags and targets. Pure, so that it can be tested.

/** Layer of each package, as the table in docs/architecture has it; testing stands outside the order. */
export const layers = Object.freeze({
  api: 0, sdk: 1, telemetry: 1, kernel: 2, client: 3, reconcile: 3, node: 3, distro: 4, hosts: 4, cli: 4, testing: 'test',
});

const jestConfig = '{workspaceRoot}/tools/jest/**/*';
const compiler = ['{workspaceRoot}/tsconfig.base.json', '{workspaceRoot}/package-lock.json'];
const everySource = [
  '{workspaceRoot}/packages/*/{src,bin,generated}/**/*',
  '{workspaceRoot}/packages/*/package.json',
  '{workspaceRoot}/plugins/*/*/{src,README.md,package.json}/**/*',
  '{workspaceRoot}/plugins/*/*/package.json',
  '{workspaceRoot}/examples/**/*.ts',
  '{workspaceRoot}/tools/**/*',
  '!{workspaceRoot}/**/{dist,node_modules}/**',
];

/**
 * @param {string} packageFile path of a package.json, relative to the root, with forward slashes
 * @param {string} name the package's name
 */
export function inferProject(packageFile, name) {
  const root = packageFile.replace(/\/?package\.json$/, '');
  const parts = root.split('/');
  if (root === 'tools') return { root, name: 'workspace', tags: ['type:tool'], targets: workspaceTargets() };
  if (parts[0] === 'packages' && parts.length === 2) {
    const layer = layers[parts[1]];
    const targets = projectTargets(root);
    if (parts[1] === 'api') targets.generate = generateTarget();
    if (parts[1] === 'cli') targets.build = bundleTarget();
    return { root, name, tags: ['type:package', ...(layer === undefined ? [] : [`layer:${layer}`])], targets };
  }
  if (parts[0] === 'plugins' && parts.length === 3) return { root, name, tags: ['type:plugin', `point:${parts[1]}`], targets: projectTargets(root) };
  if (parts[0] === 'examples' && parts.length >= 2) return { root, name, tags: ['type:example'], targets: projectTargets(root) };
  return undefined;
}

/** Targets that every package and plugin has. */
function projectTargets(root) {
  return {
    lint: {
      command: `eslint -c tools/lint/eslint.config.mjs ${root}`,
      options: { cwd: '{workspaceRoot}' },
      cache: true,
      inputs: ['source', '^source', '{workspaceRoot}/tools/lint/**/*', ...compiler],
      outputs: [],
    },
    // One program for the whole tree: see docs/decisions/one-typecheck.md.
    typecheck: { executor: 'nx:noop', cache: true, inputs: ['source'], dependsOn: [{ projects: ['workspace'], target: 'typecheck' }] },
    test: {
      command: `jest -c tools/jest/jest.config.mjs --passWithNoTests ${root}/`,
      options: { cwd: '{workspaceRoot}' },
      cache: true,
      inputs: ['source', '^source', jestConfig, ...compiler, { env: 'KEELSON_NO_SKIP' }],
      outputs: [],
      dependsOn: [{ projects: ['@keelson/api'], target: 'generate' }],
    },
  };
}

/** Targets over the whole tree, each one process: starting one per project costs more than the work. */
function workspaceTargets() {
  const generated = [{ projects: ['@keelson/api'], target: 'generate' }];
  return {
    lint: {
      command: 'node tools/lint/run.mjs',
      options: { cwd: '{workspaceRoot}' },
      cache: true,
      inputs: [...everySource, ...compiler],
      outputs: [],
      dependsOn: generated,
    },
    typecheck: {
      command: 'tsc -p tools/typecheck/tsconfig.json',
      options: { cwd: '{workspaceRoot}' },
      cache: true,
      inputs: [...everySource, ...compiler],
      outputs: ['{workspaceRoot}/.cache/typecheck.tsbuildinfo'],
      dependsOn: generated,
    },
  };
}

function generateTarget() {
  return {
    command: 'node tools/schema/generate.mjs',
    options: { cwd: '{workspaceRoot}' },
    cache: true,
    inputs: ['{workspaceRoot}/tools/schema/**/*', '{projectRoot}/overlay/**/*', '{workspaceRoot}/package-lock.json'],
    outputs: ['{projectRoot}/generated'],
  };
}

function bundleTarget() {
  return {
    command: 'node tools/build/bundle.mjs --force',
    options: { cwd: '{workspaceRoot}' },
    cache: true,
    inputs: [...everySource.filter((pattern) => !pattern.includes('/tools/')), '{workspaceRoot}/tools/build/**/*', ...compiler],
    outputs: ['{projectRoot}/dist'],
    dependsOn: [{ projects: ['@keelson/api'], target: 'generate' }],
  };
}
