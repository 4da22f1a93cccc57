// Span names and `keelson.` attribute keys are constants of @keelson/telemetry: trace assertions depend on them.

/** Position of the name among the arguments; the functions of @keelson/telemetry take the tracer first. */
const nameAt = new Map([['startSpan', [0, 1]], ['startActiveSpan', [0]], ['withSpan', [1]], ['updateName', [0]]]);
const spelled = (node) => node && ((node.type === 'Literal' && typeof node.value === 'string') || node.type === 'TemplateLiteral');

export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      name: 'a span name is a constant: use SpanName of @keelson/telemetry',
      attribute: 'an attribute key is a constant: use Attr of @keelson/telemetry',
    },
  },
  create(context) {
    return {
      CallExpression(node) {
        const callee = node.callee.type === 'MemberExpression' ? node.callee.property.name : node.callee.name;
        for (const index of nameAt.get(callee) ?? []) {
          if (spelled(node.arguments[index])) context.report({ node: node.arguments[index], messageId: 'name' });
        }
        const key = node.arguments[0];
        if (callee === 'setAttribute' && spelled(key)) context.report({ node: key, messageId: 'attribute' });
      },
      'Property[key.type="Literal"]'(node) {
        const isAttributes = node.parent.parent.type === 'Property' && node.parent.parent.key.name === 'attributes';
        if (isAttributes && String(node.key.value).startsWith('keelson.')) context.report({ node: node.key, messageId: 'attribute' });
      },
    };
  },
};
