import { builtinModules, createRequire } from 'node:module';
import type { BuildFailure, Message, Metafile, Plugin as EsbuildPlugin } from 'esbuild';
import { loadHostModule } from './host-modules.ts';
import { LoadError } from './load-error.ts';

/** One CommonJS program with its source map apart. */
export interface Bundle {
  readonly code: string;
  /** JSON of a version 3 source map; sources are absolute paths. */
  readonly map: string;
  /** Files that went in, absolute. */
  readonly inputs: readonly string[];
}

/**
 * Bundles a TypeScript or JavaScript file with everything it imports, except what the host itself has.
 * @param file shown in messages
 * @throws LoadError for what cannot be parsed or found
 */
export async function bundleFile(path: string, file: string): Promise<Bundle> {
  const { build } = await bundler(file);
  try {
    const result = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      metafile: true,
      outfile: `${path}.keelson.cjs`,
      absWorkingDir: '/',
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      // What is evaluated is no module, so that an `import()` left in it would fail.
      supported: { 'dynamic-import': false },
      conditions: ['keelson-source'],
      sourcemap: 'external',
      keepNames: true,
      logLevel: 'silent',
      // The user's tsconfig must not change what the file means here.
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true, target: 'ES2022' } },
      plugins: [hostModules(path)],
    });
    const output = (suffix: string): string => result.outputFiles.find((found) => found.path.endsWith(suffix))!.text;
    return { code: output('.cjs'), map: absoluteSources(output('.map'), path), inputs: inputsOf(result.metafile) };
  } catch (error) {
    throw readable(error, file);
  }
}

/** An artifact of `distro build` comes without it. */
async function bundler(file: string): Promise<Pick<typeof import('esbuild'), 'build'>> {
  try {
    return await import('esbuild');
  } catch (error) {
    throw new LoadError('KEEL_LOAD_TOOL', file, 'loading a file needs the package esbuild, which is not beside this program', 'npm install esbuild beside it, or use the keelson command', { cause: error });
  }
}

const hostNamespace = 'keelson-host';

/**
 * Leaves to `require` what the host has instances of; everything else becomes part of the bundle. Between the two stands
 * a small generated module that names each export: a default import then means the default export, as it does in ES
 * modules, and a name that is not there is an error with a place.
 */
function hostModules(entry: string): EsbuildPlugin {
  const builtin = new Set(builtinModules);
  return {
    name: hostNamespace,
    setup: (build) => {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, namespace }) => {
        if (kind === 'entry-point') return undefined;
        if (path.startsWith('node:') || builtin.has(path) || namespace === hostNamespace) return { path, external: true };
        return (await exportsOf(path, entry)) === undefined ? undefined : { path, namespace: hostNamespace };
      });
      build.onLoad({ filter: /./, namespace: hostNamespace }, async ({ path }) => ({ contents: reexport(path, (await exportsOf(path, entry)) ?? {}), loader: 'js' }));
    },
  };
}

/** What the host has under that name; a package of this scope that it does not know may still be installed beside the file. */
async function exportsOf(specifier: string, entry: string): Promise<object | undefined> {
  const own = await loadHostModule(specifier);
  if (own !== undefined || !specifier.startsWith('@keelson/')) return own;
  try {
    return createRequire(entry)(specifier) as object;
  } catch {
    return undefined;
  }
}

function reexport(specifier: string, namespace: object): string {
  const names = Object.keys(namespace).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default' && name !== '__esModule');
  const lines = names.map((name, at) => `const e${at} = host.${name};\nexport { e${at} as ${name} };`);
  return [`const host = require(${JSON.stringify(specifier)});`, ...lines, ...('default' in namespace ? ['export default host.default;'] : [])].join('\n');
}

function inputsOf(metafile: Metafile): readonly string[] {
  return Object.keys(metafile.inputs).filter((input) => !input.startsWith(`${hostNamespace}:`)).map((input) => (input.startsWith('/') ? input : `/${input}`));
}

/** esbuild writes sources relative to the output file; stack traces should show real paths. */
function absoluteSources(map: string, path: string): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  parsed.sources = parsed.sources.map((source) => new URL(source, `file://${path}`).pathname);
  return JSON.stringify(parsed);
}

function readable(error: unknown, file: string): unknown {
  const first = (error as Partial<BuildFailure>).errors?.[0];
  if (first === undefined) return error;
  const place = placeOf(first, file);
  const absent = /^No matching export in "keelson-host:(.+)" for import "(.+)"$/.exec(first.text);
  if (absent !== null) return new LoadError('KEEL_LOAD_IMPORT', place, `imports ${absent[2]} from ${absent[1]}, which does not export it`, 'correct the name, or use a keelson that has it', { cause: error });
  const missing = /^Could not resolve "(.+)"$/.exec(first.text)?.[1];
  if (missing === undefined) return new LoadError('KEEL_LOAD_SYNTAX', place, first.text.charAt(0).toLowerCase() + first.text.slice(1), 'correct the line', { cause: error });
  const remedy = missing.startsWith('.') || missing.startsWith('/') ? 'correct the path; it is relative to the file that imports it' : `install it beside the file (npm install ${missing}), or correct the name`;
  return new LoadError('KEEL_LOAD_IMPORT', place, `imports ${missing}, which is not there`, remedy, { cause: error });
}

function placeOf({ location }: Message, file: string): string {
  if (location === null) return file;
  const inside = file.endsWith(location.file) || location.file.endsWith(file.replace(/^(\.\.?\/)+/, ''));
  return `${inside ? file : `/${location.file}`}:${location.line}:${location.column + 1}`;
}
