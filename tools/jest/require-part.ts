import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `tools/setup` puts the programs that it brings itself (kubectl, helm). */
export const toolsBin = fileURLToPath(new URL('../../.keelson/tools/bin', import.meta.url));

/** Absolute path of a program that set-up brought or that the machine has, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [toolsBin, ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * `describe` where the real part is there; otherwise a skip that prints its reason, which is a failure
 * when KEELSON_NO_SKIP=1 (CI after set-up, where nothing may be missing).
 */
export function describeWith(part: { readonly name: string; readonly missing: () => string | undefined }): typeof describe | typeof describe.skip {
  const reason = part.missing();
  if (reason === undefined) return describe;
  if (process.env['KEELSON_NO_SKIP'] === '1') {
    return ((title: string) => {
      describe(title, () => {
        it(`needs ${part.name}`, () => {
          throw new Error(`${part.name} is missing and skips are not allowed: ${reason}`);
        });
      });
    }) as unknown as typeof describe;
  }
  process.stderr.write(`SKIPPED (needs ${part.name}): ${reason}\n`);
  return describe.skip;
}

/** A part that is a program on PATH or from set-up. */
export function program(name: string): { readonly name: string; readonly missing: () => string | undefined } {
  return {
    name,
    missing: () => (findProgram(name) === undefined ? `no ${name} on PATH; tools/setup/real-parts.mjs installs it` : undefined),
  };
}

/** Being root, for tests that make namespaces, devices and mounts. */
export const root = { name: 'root', missing: (): string | undefined => (process.getuid?.() === 0 ? undefined : 'this process is not root') };

/** Several parts, all of which have to be there. */
export function everyPart(...parts: readonly { readonly name: string; readonly missing: () => string | undefined }[]): { readonly name: string; readonly missing: () => string | undefined } {
  return {
    name: parts.map(({ name }) => name).join(', '),
    missing: () => parts.map((part) => part.missing()).find((reason) => reason !== undefined),
  };
}
