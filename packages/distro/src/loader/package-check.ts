import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LoadError } from './load-error.ts';

/** Version of the SDK that this host speaks. */
export const sdkVersion = '0.1.0';

/** The parts of a package.json that loading looks at. */
export interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly main?: string;
  readonly exports?: unknown;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The package.json that governs a file, with its own path. */
export function nearestPackage(path: string): { readonly file: string; readonly json: PackageJson } | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return { file, json: JSON.parse(readFileSync(file, 'utf8')) as PackageJson };
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * Checks the SDK range of every package that files of a bundle belong to.
 * @throws LoadError KEEL_LOAD_SDK_RANGE
 */
export async function checkSdkRange(inputs: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  for (const input of inputs) {
    const found = nearestPackage(input);
    if (found === undefined || seen.has(found.file)) continue;
    seen.add(found.file);
    const range = found.json.peerDependencies?.['@keelson/sdk'];
    if (range === undefined) continue;
    // Loaded here, because a start that loads no file needs none of it.
    const { default: semver } = await import('semver');
    if (semver.satisfies(sdkVersion, range, { includePrerelease: true })) continue;
    const newer = semver.validRange(range) !== null && semver.gtr(sdkVersion, range) ? 'install a newer version of it' : 'use a keelson that it is made for, or another version of it';
    throw new LoadError('KEEL_LOAD_SDK_RANGE', found.file, `${found.json.name ?? 'the package'} is made for @keelson/sdk ${range}, this is ${sdkVersion}`, newer);
  }
}
