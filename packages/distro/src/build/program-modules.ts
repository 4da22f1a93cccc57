import { dirname } from 'node:path';
import type { Plugin as EsbuildPlugin } from 'esbuild';

const shared = /^(@keelson\/|zod$|zod\/|@opentelemetry\/api$)/;
const asking = 'keelson-program';

/**
 * Takes keelson's own packages, and the libraries whose objects plugins and host hand to each other, from beside the
 * program: a distribution file lies anywhere and needs none of them installed, and there is one copy of each. What the
 * program does not have is looked for beside the importing file, as usual.
 */
export function programModules(program: string): EsbuildPlugin {
  return {
    name: asking,
    setup: (build) => {
      build.onResolve({ filter: shared }, async ({ path, kind, pluginData }) => {
        if (pluginData === asking) return undefined;
        const found = await build.resolve(path, { kind, resolveDir: dirname(program), pluginData: asking });
        return found.errors.length > 0 ? undefined : found;
      });
    },
  };
}
