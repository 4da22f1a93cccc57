import { Event, Node, Pod, Secret } from '../core/v1/index.ts';
import { ConfigMap } from '../core/v1/index.ts';
import {
  compileFieldSelector, compileLabelSelector, fieldSelectorError, formatFieldSelector, labelSelector, parseFieldSelector,
  parseLabelSelector, selectorFromLabels,
} from './index.ts';

function matches(text: string, labels: Record<string, string>): boolean {
  const parsed = parseLabelSelector(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value.matches(labels);
}

function messageOf(text: string): string {
  const parsed = parseLabelSelector(text);
  return parsed.ok ? '' : parsed.message;
}

describe('label selectors', () => {
  it.each([
    ['', {}, true], ['a=b', { a: 'b' }, true], ['a==b', { a: 'c' }, false], ['a!=b', {}, true], ['a != b', { a: 'b' }, false],
    ['a in (b, c)', { a: 'c' }, true], ['a in (b,c)', {}, false], ['a notin (b,c)', {}, true], ['a notin (b)', { a: 'b' }, false],
    ['a', { a: '' }, true], ['!a', {}, true], ['! a', { a: '1' }, false], ['a=', { a: '' }, true], ['a,b=c', { a: 'x', b: 'c' }, true],
    ['a>1', { a: '2' }, true], ['a<1', { a: '2' }, false], ['a>1', { a: 'x' }, false], ['in in (in)', { in: 'in' }, true],
    ['x.org/a in ()', { 'x.org/a': '' }, true], ['a in (,b)', { a: '' }, true], ['toString', {}, false], ['!constructor', {}, true],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(matches(text, labels as Record<string, string>)).toBe(expected);
  });

  it.each([
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a,', "found '', expected: identifier after ','"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
  ])('%s is refused with %s', (text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  it('refuses bad keys and values', () => {
    expect(messageOf('-a=b')).toMatch(/name part must consist of alphanumeric/);
    expect(messageOf('a=-b')).toMatch(/a valid label must be an empty string or consist of/);
    expect(messageOf('a>b')).toMatch(/the value must be an integer/);
  });

  it('compiles objects', () => {
    const selector = labelSelector({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['db'] }] });
    expect(selector.toString()).toBe('app=web,tier notin (db)');
    expect(selector.matches({ app: 'web' })).toBe(true);
    expect(selector.matches({ app: 'web', tier: 'db' })).toBe(false);
    expect(labelSelector(undefined).matches({})).toBe(false);
    expect(labelSelector({}).matches(undefined)).toBe(true);
    expect(compileLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Gt' }] })).toEqual({
      ok: false,
      message: '"Gt" is not a valid label selector operator',
    });
    expect(selectorFromLabels({ a: 'b' }).toString()).toBe('a=b');
  });
});

describe('field selectors', () => {
  it('matches fields as text', () => {
    const parsed = parseFieldSelector('spec.nodeName=n1,status.phase!=Failed,metadata.name==a');
    if (!parsed.ok) throw new Error(parsed.message);
    const test = compileFieldSelector(Pod, parsed.value);
    expect(test({ metadata: { name: 'a' }, spec: { nodeName: 'n1' }, status: {} })).toBe(true);
    expect(test({ metadata: { name: 'a' }, spec: { nodeName: 'n1' }, status: { phase: 'Failed' } })).toBe(false);
    expect(formatFieldSelector(parsed.value)).toBe('spec.nodeName=n1,status.phase!=Failed,metadata.name=a');
  });

  it('reads booleans and derived fields', () => {
    expect(compileFieldSelector(Node, [{ field: 'spec.unschedulable', operator: '=', value: 'false' }])({ spec: {} })).toBe(true);
    expect(compileFieldSelector(Event, [{ field: 'source', operator: '=', value: 'x' }])({ reportingComponent: 'x' })).toBe(true);
    expect(compileFieldSelector(Pod, [{ field: 'spec.host', operator: '=', value: 'n' }])({ spec: { nodeName: 'n' } })).toBe(true);
  });

  it('handles escapes and errors', () => {
    expect(parseFieldSelector('a=b\\,c')).toEqual({ ok: true, value: [{ field: 'a', operator: '=', value: 'b,c' }] });
    expect(parseFieldSelector('abc')).toEqual({ ok: false, message: "invalid selector: 'abc'; can't understand 'abc'" });
    expect(fieldSelectorError(Secret, [{ field: 'x', operator: '=', value: '' }])).toBe('field label not supported: x');
    expect(fieldSelectorError(ConfigMap, [{ field: 'x', operator: '=', value: '' }])).toBe(
      '"x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
    expect(fieldSelectorError(Pod, [{ field: 'status.phase', operator: '=', value: '' }])).toBeUndefined();
  });
});
