// Names that say nothing hide what a file is for; kebab-case keeps paths the same on every file system.
import { relative } from 'node:path';

const empty = /^(utils?|helpers?|common|misc|shared|managers?|base)$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|itest|contract|config|d))*\.(ts|tsx|mjs|cjs|mts)$/;

export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { empty: '"{{part}}" says nothing: name it after the one thing it holds', kebab: '"{{part}}" is not kebab-case' },
  },
  create(context) {
    return {
      Program(node) {
        const parts = relative(context.cwd, context.filename).replaceAll('\\', '/').split('/');
        const file = parts.at(-1);
        for (const part of [...parts.slice(0, -1), file.split('.')[0]]) {
          if (part.split(/[-]/).some((word) => empty.test(word))) context.report({ node, messageId: 'empty', data: { part } });
        }
        if (!kebab.test(file)) context.report({ node, messageId: 'kebab', data: { part: file } });
      },
    };
  },
};
