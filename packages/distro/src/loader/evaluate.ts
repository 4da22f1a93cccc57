import { SourceMap, createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Bundle } from './bundle.ts';
import { hostModule } from './host-modules.ts';
import { LoadError } from './load-error.ts';

/** Lines that the `Function` constructor puts before the code. */
const headerLines = 2;

/**
 * Runs a bundle and gives its exports. The `Function` constructor keeps the code in the caller's realm, also inside a
 * test runner's sandbox, and Node maps its stack traces by the inline map where source maps are enabled.
 * @throws LoadError when the code throws, with the place in the user's own file
 */
export function evaluate(bundle: Bundle, path: string, file: string): Record<string, unknown> {
  const module = { exports: {} as Record<string, unknown> };
  try {
     
    const run = new Function('exports', 'require', 'module', '__filename', '__dirname', `${bundle.code}\n${trailer(bundle, path)}`) as (...values: unknown[]) => void;
    run(module.exports, requireFor(path, file), module, path, dirname(path));
  } catch (error) {
    if (error instanceof LoadError) throw error;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new LoadError('KEEL_LOAD_FAILED', placeInSource(error, bundle, path) ?? file, `throws while it is loaded: ${message}`, 'a distribution or plugin file only declares: move work into setup or start', { cause: error });
  }
  return module.exports;
}

/** Answers the host's modules from the registry, and what else was left out of the bundle from beside the file. */
function requireFor(path: string, file: string): (specifier: string) => unknown {
  const beside = createRequire(path);
  return (specifier) => {
    const own = hostModule(specifier);
    if (own !== undefined) return own;
    try {
      return beside(specifier) as unknown;
    } catch (error) {
      throw new LoadError('KEEL_LOAD_IMPORT', file, `imports ${specifier}, which cannot be loaded: ${(error as Error).message.split('\n')[0]}`, 'correct the name, or install a version that fits this keelson', { cause: error });
    }
  };
}

function trailer({ map }: Bundle, path: string): string {
  const shifted = JSON.parse(map) as { mappings: string };
  shifted.mappings = ';'.repeat(headerLines) + shifted.mappings;
  const inline = Buffer.from(JSON.stringify(shifted)).toString('base64');
  return `//# sourceURL=${path}\n//# sourceMappingURL=data:application/json;base64,${inline}`;
}

/** `file:line:column` of the first frame in the bundle; undefined where the runtime has mapped the stack already or gives none. */
function placeInSource(error: unknown, { map, code }: Bundle, path: string): string | undefined {
  const frame = error instanceof Error ? error.stack?.split('\n').find((line) => line.includes(path)) : undefined;
  const at = frame === undefined ? null : /:(\d+):(\d+)\)?$/.exec(frame);
  if (at === null) return undefined;
  const line = Number(at[1]);
  const entry = new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0]).findEntry(line - headerLines - 1, Number(at[2]) - 1);
  if (line > code.split('\n').length + headerLines || !('originalSource' in entry)) return `${path}:${line}`;
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}
