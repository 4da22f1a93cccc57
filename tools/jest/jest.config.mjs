// One jest process for the whole repository: starting one per project costs more than the tests themselves.
// Sources are TypeScript with `.ts` import specifiers; swc turns them (and ES-module dependencies) into CommonJS,
// so no experimental VM flag is needed.
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {import('jest').Config} */
export default {
  rootDir: root,
  roots: ['<rootDir>/packages', '<rootDir>/plugins', '<rootDir>/tools', '<rootDir>/examples'],
  testMatch: ['**/*.test.ts', '**/*.itest.ts', '**/*.test.mjs'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.keelson/', '<rootDir>/.nx/'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['keelson-source', 'node', 'node-addons', 'require', 'import', 'default'] },
  extensionsToTreatAsEsm: [],
  // jest's own dependency; with the 'import' condition it would resolve to a module that jest does not transform.
  moduleNameMapper: {
    '^dedent$': '<rootDir>/node_modules/dedent/dist/dedent.js',
    // Its module form takes the default export of a CommonJS file, which the interop below would not find.
    '^tslib$': '<rootDir>/node_modules/tslib/tslib.js',
  },
  transform: {
    '^.+\\.(ts|mts)$': ['@swc/jest', swc('typescript')],
    '^.+\\.(js|mjs)$': ['@swc/jest', swc('ecmascript')],
  },
  transformIgnorePatterns: ['node_modules/(@swc|typescript|esbuild|jest[^/]*|@jest|@babel)/'],
  cacheDirectory: '<rootDir>/.cache/jest',
  globalSetup: '<rootDir>/tools/jest/own-tmpdir.mjs',
  globalTeardown: '<rootDir>/tools/jest/nothing-left.mjs',
  testTimeout: 30_000,
  maxWorkers: 2,
};

function swc(syntax) {
  return {
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: syntax === 'typescript' ? { syntax, decorators: true } : { syntax },
      ...(syntax === 'typescript' ? { transform: { legacyDecorator: true, decoratorMetadata: false } } : {}),
    },
    // Not 'node': what jest loads as CommonJS was an ES module before, so a default import means its `default` export.
    module: { type: 'commonjs', importInterop: 'swc' },
    sourceMaps: 'inline',
  };
}
