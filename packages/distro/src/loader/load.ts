import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from '@keelson/sdk';
import { checkManifest } from '@keelson/kernel/host';
import type { Distribution } from '../definition.ts';
import type { SourceText } from '../source-text.ts';
import { bundleFile } from './bundle.ts';
import { evaluate } from './evaluate.ts';
import { LoadError } from './load-error.ts';
import { checkSdkRange, nearestPackage, type PackageJson } from './package-check.ts';

/** A distribution with the text it came from, which makes places in messages exact. */
export interface LoadedDistribution {
  readonly distribution: Distribution;
  readonly source: SourceText;
}

/** Where relative paths start and how files are shown in messages. */
export interface LoadOptions {
  /** Absolute folder; the entry program passes the working directory. */
  readonly from: string;
}

/**
 * Loads a distribution file, TypeScript or JavaScript, from anywhere; it needs no build.
 * @throws LoadError
 */
export async function loadDistribution(path: string, { from }: LoadOptions): Promise<LoadedDistribution> {
  const absolute = fromUrl(path, from);
  const file = shownAs(absolute, from);
  if (!existsSync(absolute) || statSync(absolute).isDirectory()) throw new LoadError('KEEL_LOAD_MISSING', file, existsSync(absolute) ? 'is a folder' : 'no such file', 'give the path of a distribution file, for example ./distribution.ts');
  const value = await defaultExport(absolute, file, 'defineDistribution({ … })');
  if (!isDistribution(value)) throw new LoadError('KEEL_LOAD_WRONG_TYPE', file, looksLikePlugin(value) ? `its default export is the plugin ${value.name}, not a distribution` : 'its default export is not a distribution', "export default defineDistribution({ name: 'acme', version: '1.0.0', … })");
  return { distribution: value, source: { file, text: readFileSync(absolute, 'utf8') } };
}

/**
 * Loads one plugin by package name, by folder or by file.
 * @throws LoadError
 */
export async function loadPlugin(nameOrPath: string, { from }: LoadOptions): Promise<Plugin> {
  const absolute = locatePlugin(nameOrPath, from);
  const file = shownAs(absolute, from);
  const value = await defaultExport(absolute, file, 'definePlugin({ … })');
  if (!looksLikePlugin(value)) throw new LoadError('KEEL_LOAD_WRONG_TYPE', file, isDistribution(value) ? `its default export is the distribution ${value.name}, not a plugin` : 'its default export is not a plugin', "export default definePlugin({ name, version, kind, summary, setup })");
  const [wrong] = checkManifest(value, file);
  if (wrong !== undefined) throw new LoadError('KEEL_LOAD_WRONG_TYPE', file, `${wrong.place} ${wrong.what}`, 'correct the manifest of the plugin');
  checkIdentity(value, absolute, file);
  return value;
}

async function defaultExport(absolute: string, file: string, wanted: string): Promise<unknown> {
  const bundle = await bundleFile(absolute, file);
  await checkSdkRange(bundle.inputs);
  const exports = evaluate(bundle, absolute, file);
  const value = exports['default'];
  if (value !== undefined) return value;
  const names = Object.keys(exports).filter((name) => name !== '__esModule');
  throw new LoadError('KEEL_LOAD_NO_DEFAULT', file, `has no default export${names.length === 0 ? '' : ` (it exports ${names.join(', ')})`}`, `add: export default ${wanted}`);
}

function isDistribution(value: unknown): value is Distribution {
  if (typeof value !== 'object' || value === null) return false;
  const { name, version } = value as Partial<Distribution>;
  return typeof name === 'string' && typeof version === 'string' && !('setup' in value);
}

function looksLikePlugin(value: unknown): value is Plugin {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Plugin>).name === 'string' && 'setup' in value;
}

/** Name and version are written twice, in the manifest and in package.json; whoever installs by one must get the other. */
function checkIdentity(plugin: Plugin, absolute: string, file: string): void {
  const json = nearestPackage(absolute)?.json;
  if (json === undefined || json.peerDependencies?.['@keelson/sdk'] === undefined) return;
  for (const field of ['name', 'version'] as const) {
    if (json[field] !== undefined && json[field] !== plugin[field]) throw new LoadError('KEEL_LOAD_NAME', file, `the plugin's ${field} is "${plugin[field]}", that of its package.json is "${json[field]}"`, 'make both the same');
  }
}

function locatePlugin(nameOrPath: string, from: string): string {
  const isPath = /^(\.{0,2}\/|file:)/.test(nameOrPath) || nameOrPath === '.' || nameOrPath === '..';
  if (!isPath) return locatePackage(nameOrPath, from);
  const absolute = fromUrl(nameOrPath, from);
  if (!existsSync(absolute)) throw new LoadError('KEEL_LOAD_MISSING', shownAs(absolute, from), 'no such file or folder', 'give the path of a plugin file or of its package, or the name of an installed package');
  return statSync(absolute).isDirectory() ? entryOf(absolute, from) : absolute;
}

/** Walks up the node_modules folders itself: `require.resolve` refuses packages whose exports name only sources. */
function locatePackage(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return entryOf(candidate, from);
    if (folder === dirname(folder)) break;
  }
  try {
    return createRequire(join(from, 'package.json')).resolve(name);
  } catch (error) {
    const way = existsSync(resolve(from, name)) ? `for the file or folder write ./${name}` : `install it (npm install ${name}), or give its path`;
    throw new LoadError('KEEL_LOAD_MISSING', name, `no package of that name beside ${from}`, way, { cause: error });
  }
}

function entryOf(folder: string, from: string): string {
  const found = nearestPackage(join(folder, 'package.json'));
  const json = found !== undefined && dirname(found.file) === folder ? found.json : {};
  const candidates = [entryFromExports(json), json.main, 'src/plugin.ts', 'plugin.ts', 'plugin.js', 'index.js'];
  const entry = candidates.map((candidate) => candidate && join(folder, candidate)).find((candidate) => candidate !== undefined && candidate !== '' && existsSync(candidate));
  if (entry === undefined) throw new LoadError('KEEL_LOAD_MISSING', shownAs(folder, from), 'the folder holds no plugin', 'name the plugin file in "exports" of its package.json');
  return entry;
}

function entryFromExports({ exports }: PackageJson): string | undefined {
  let at: unknown = exports;
  if (typeof at === 'object' && at !== null && '.' in at) at = (at as Record<string, unknown>)['.'];
  while (typeof at === 'object' && at !== null) {
    const conditions = at as Record<string, unknown>;
    at = ['keelson-source', 'node', 'import', 'require', 'default'].map((condition) => conditions[condition]).find((value) => value !== undefined);
  }
  return typeof at === 'string' ? at : undefined;
}

function fromUrl(path: string, from: string): string {
  return path.startsWith('file:') ? fileURLToPath(path) : resolve(from, path);
}

function shownAs(absolute: string, from: string): string {
  const near = relative(from, absolute);
  return near.startsWith('../../') ? absolute : near;
}
