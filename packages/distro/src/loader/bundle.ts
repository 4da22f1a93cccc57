import { builtinModules, createRequire } from 'node:module';
import type { BuildFailure, Message, Metafile, Plugin as EsbuildPlugin } from 'esbuild';
import { hostModule } from './host-modules.ts';
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
  const { build } = await import('esbuild');
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
      conditions: ['keelson-source'],
      sourcemap: 'external',
      keepNames: true,
      logLevel: 'silent',
      // The user's tsconfig must not change what the file means here.
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true, target: 'ES2022', verbatimModuleSyntax: true } },
      plugins: [hostExternals(path)],
    });
    const output = (suffix: string): string => result.outputFiles.find((found) => found.path.endsWith(suffix))!.text;
    return { code: output('.cjs'), map: absoluteSources(output('.map'), path), inputs: inputsOf(result.metafile) };
  } catch (error) {
    throw readable(error, file);
  }
}

/** Leaves to `require` what the host has instances of; everything else becomes part of the bundle. */
function hostExternals(entry: string): EsbuildPlugin {
  const builtin = new Set(builtinModules);
  return {
    name: 'keelson-host-modules',
    setup: (build) => {
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        if (path.startsWith('node:') || builtin.has(path) || hostModule(path) !== undefined) return { path, external: true };
        return path.startsWith('@keelson/') && resolvable(path, entry) ? { path, external: true } : undefined;
      });
    },
  };
}

/** A package of this scope that the host does not have may still be installed beside the file. */
function resolvable(specifier: string, from: string): boolean {
  try {
    createRequire(from).resolve(specifier);
    return true;
  } catch {
    return false;
  }
}

function inputsOf(metafile: Metafile): readonly string[] {
  return Object.keys(metafile.inputs).map((input) => (input.startsWith('/') ? input : `/${input}`));
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
