// Default exports lose their name at the import; only plugin.ts and distribution.ts have one, because loaders look for it.

export default {
  meta: { type: 'problem', schema: [], messages: { unnamed: 'no default export here: only plugin.ts and distribution.ts have one' } },
  create(context) {
    // A folder of distributions holds one per file, named after it.
    if (/(^|[\\/])((plugin|distribution)|distributions[\\/][a-z0-9-]+)\.ts$/.test(context.filename)) return {};
    const report = (node) => context.report({ node, messageId: 'unnamed' });
    return {
      ExportDefaultDeclaration: report,
      'ExportSpecifier[exported.name="default"]': report,
    };
  },
};
