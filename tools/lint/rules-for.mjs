// The code rules, as a flat configuration for a tree laid out as this one. Type-checked rules share one program.
import tseslint from 'typescript-eslint';
import ambientEffects from './rules/ambient-effects.mjs';
import containerUse from './rules/container-use.mjs';
import defaultExport from './rules/default-export.mjs';
import fileNames from './rules/file-names.mjs';
import spanNames from './rules/span-names.mjs';
import { effectsAllowed } from './allow.mjs';

const tests = ['**/*.test.ts', '**/*.itest.ts', '**/testdata/**', 'packages/testing/**', '**/*-suite.ts'];
const own = { rules: { 'ambient-effects': ambientEffects, 'container-use': containerUse, 'default-export': defaultExport, 'file-names': fileNames, 'span-names': spanNames } };

const syntax = [
  { selector: 'ExportAllDeclaration', message: 'name what you export: index.ts is the public API' },
  { selector: 'TSEnumDeclaration', message: 'unions, not enums' },
  { selector: 'ImportDeclaration[source.value=/^\\.\\.?\\/.*(?<!\\.(ts|mjs|cjs|json))$/]', message: 'relative imports carry their extension' },
  { selector: 'ImportDeclaration[source.value=/^(\\.\\.\\/)+(packages|plugins)\\//]', message: 'other packages are imported by name' },
];

/** @param {string} root absolute path of the tree, with a slash at the end */
export const rulesFor = (root) => tseslint.config(
  { ignores: ['**/node_modules/**', '**/dist/**', '**/generated/**', '.nx/**', '.keelson/**', '.cache/**', 'coverage/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['packages/*/src/**/*.ts', 'plugins/*/*/src/**/*.ts', 'examples/**/*.ts', 'tools/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: `${root}tools/typecheck/tsconfig.json`, tsconfigRootDir: root } },
    plugins: { '@typescript-eslint': tseslint.plugin, keelson: own },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false, properties: false } }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true }],
      'prefer-const': ['error', { destructuring: 'all' }],
      eqeqeq: ['error', 'smart'],
      'no-var': 'error',
      'no-restricted-syntax': ['error', ...syntax],
      'max-lines': ['error', 400],
      'keelson/ambient-effects': 'error',
      'keelson/container-use': 'error',
      'keelson/default-export': 'error',
      'keelson/file-names': 'error',
      'keelson/span-names': 'error',
    },
  },
  {
    files: ['tools/**/*.mjs', 'tools/**/*.cjs', 'packages/*/bin/*.mjs'],
    plugins: { keelson: own },
    rules: { 'prefer-const': ['error', { destructuring: 'all' }], eqeqeq: ['error', 'smart'], 'no-var': 'error', 'max-lines': ['error', 400], 'keelson/file-names': 'error' },
  },
  { files: [...effectsAllowed.map((entry) => entry.files), 'tools/**/*.ts', ...tests], rules: { 'keelson/ambient-effects': 'off' } },
  { files: ['tools/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...syntax.slice(0, -1)] } },
  { files: ['packages/kernel/src/host/wiring/**/*.ts'], rules: { 'keelson/container-use': 'off' } },
  { files: ['packages/telemetry/**/*.ts'], rules: { 'keelson/span-names': 'off' } },
  { files: tests, rules: { 'max-lines': 'off', 'keelson/span-names': 'off', '@typescript-eslint/no-explicit-any': 'off', 'keelson/container-use': 'off' } },
);
