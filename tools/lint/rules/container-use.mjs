// Wiring happens once, at boot, in one folder: nothing else asks the container for anything.

const asks = new Set(['get', 'getAsync', 'getAll', 'getAllAsync', 'resolve', 'createChild']);

export default {
  meta: { type: 'problem', schema: [], messages: { asked: 'container.{{method}} belongs to packages/kernel/src/host/wiring alone: take the service as an argument' } },
  create(context) {
    return {
      'CallExpression > MemberExpression.callee'(node) {
        const holder = node.object.type === 'Identifier' ? node.object.name : node.object.type === 'MemberExpression' ? (node.object.property.name ?? '') : '';
        if (/container$/i.test(holder) && asks.has(node.property.name) && importsInversify(context)) {
          context.report({ node, messageId: 'asked', data: { method: node.property.name } });
        }
      },
    };
  },
};

/** A pod's "container" is a word of the trade here, so only files that can hold an inversify container count. */
function importsInversify(context) {
  return context.sourceCode.ast.body.some((statement) => statement.type === 'ImportDeclaration' && statement.source.value === 'inversify');
}
