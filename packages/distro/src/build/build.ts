import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KeelsonError } from '@keelson/sdk';
import type { BuildFailure } from 'esbuild';
import { inspect, type InspectOptions } from '../inspect.ts';
import type { ResolvedDistribution } from '../resolve.ts';
import moduleBanner from './module-banner.json' with { type: 'json' };
import { programModules } from './program-modules.ts';
import { crdsDocument, pluginsDocument, rbacDocument, settingsSchema } from './documents.ts';

/** What becomes of a distribution. */
export interface BuildOptions {
  readonly distribution: ResolvedDistribution;
  /** The distribution file, absolute; its default export is what the artifact runs. */
  readonly file: string;
  /** Absolute; created when missing. */
  readonly outDir: string;
  /** Module whose `export` runs a distribution: `(distribution) => Promise<void>`. Absent: only the documents are written. */
  readonly program?: { readonly module: string; readonly export: string } | undefined;
  readonly inspect?: InspectOptions;
}

const banner = ['#!/usr/bin/env node', ...moduleBanner.lines].join('\n');

/**
 * Writes one runnable file with its source map, and the documents of the distribution beside it.
 * @returns the files, absolute
 * @throws ConfigurationError; KEEL_BUILD_FAILED when something cannot be bundled
 */
export async function buildDistribution(options: BuildOptions): Promise<readonly string[]> {
  const inspection = inspect(options.distribution, options.inspect);
  const documents: Readonly<Record<string, string>> = {
    'plugins.json': pluginsDocument(inspection),
    'rbac.yaml': rbacDocument(inspection),
    'crds.yaml': crdsDocument(inspection),
    'settings.schema.json': settingsSchema(inspection),
  };
  const programs = options.program === undefined ? {} : await bundleProgram(options, options.program);
  await mkdir(options.outDir, { recursive: true });
  const written: string[] = [];
  for (const [name, text] of Object.entries({ ...programs, ...documents })) {
    const path = join(options.outDir, name);
    await writeFile(path, text);
    if (name.endsWith('.mjs')) await chmod(path, 0o755);
    written.push(path);
  }
  return written;
}

async function bundleProgram({ distribution, file }: BuildOptions, program: { readonly module: string; readonly export: string }): Promise<Readonly<Record<string, string>>> {
  const { build } = await import('esbuild');
  const name = `${distribution.name}.mjs`;
  const entry = `import distribution from ${JSON.stringify(file)};\nimport { ${program.export} as run } from ${JSON.stringify(program.module)};\nawait run(distribution);\n`;
  try {
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: dirname(file), sourcefile: 'entry.ts', loader: 'ts' },
      // Whoever builds the same file gets the same artifact, whatever folder they are in.
      absWorkingDir: dirname(file),
      outfile: join('/', name),
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['keelson-source'],
      banner: { js: banner },
      // Only loads files that a user names, which an artifact may do without; it cannot be bundled.
      external: ['esbuild'],
      mainFields: ['module', 'main'],
      plugins: [programModules(program.module)],
      define: { 'process.env.NODE_ENV': '"production"' },
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'silent',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true, target: 'ES2022' } },
    });
    return Object.fromEntries(outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text]));
  } catch (error) {
    const first = (error as Partial<BuildFailure>).errors?.[0];
    if (first === undefined) throw error;
    const place = first.location === null ? file : `${first.location.file}:${first.location.line}`;
    throw new KeelsonError('KEEL_BUILD_FAILED', `cannot bundle distribution ${distribution.name}: ${place}: ${first.text}`, { cause: error });
  }
}
