// Time, chance, environment and console come from injected adapters, or a run cannot be repeated from its seed.

const members = {
  'Date.now': 'take the injected Clock',
  'Math.random': 'take the injected Random',
  'performance.now': 'take the injected Clock (monotonic)',
  'process.env': 'the composition root passes what is needed',
  'process.hrtime': 'take the injected Clock (monotonic)',
};
const timers = new Set(['setTimeout', 'setInterval', 'setImmediate']);

export default {
  meta: { type: 'problem', schema: [], messages: { ambient: '{{what}} is not allowed in domain code: {{instead}}' } },
  create(context) {
    const report = (node, what, instead) => context.report({ node, messageId: 'ambient', data: { what, instead } });
    const isGlobal = (node) => {
      for (let scope = context.sourceCode.getScope(node); scope; scope = scope.upper) {
        if (scope.set.get(node.name)?.defs.length) return false;
      }
      return true;
    };
    return {
      MemberExpression(node) {
        if (node.object.type !== 'Identifier' || node.computed || !isGlobal(node.object)) return;
        const name = `${node.object.name}.${node.property.name}`;
        if (members[name]) report(node, name, members[name]);
        else if (node.object.name === 'console') report(node, 'console', 'take the injected Logger');
      },
      NewExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) report(node, 'new Date()', 'take the injected Clock');
      },
      CallExpression(node) {
        if (node.callee.type === 'Identifier' && timers.has(node.callee.name) && isGlobal(node.callee)) report(node, node.callee.name, 'take the injected Clock');
      },
      ImportDeclaration(node) {
        if (/^(node:)?timers(\/promises)?$/.test(node.source.value)) report(node, node.source.value, 'take the injected Clock');
      },
    };
  },
};
