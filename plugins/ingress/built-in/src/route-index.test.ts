import type { IngressHost, IngressPath, IngressRouting } from '@keelson/sdk/ingress';
import fc from 'fast-check';
import { asFields, requestHeaders, responseHeaders } from './forwarded-headers.ts';
import { targetOf } from './request-target.ts';
import { findRoute } from './route-index.ts';

const backend = { key: 'default/a:80', endpoints: [] };
const at = (path: string, match: 'exact' | 'prefix'): IngressPath => ({ ingress: `${match} ${path}`, path, match, backend });
const routing = (paths: readonly IngressPath[]): IngressRouting => ({ hosts: new Map<string, IngressHost>([['a.test', { host: 'a.test', paths }]]), certificates: [], defaultBackend: undefined });

/** The rule of the Kubernetes page, word by word and without an index. */
function slow(paths: readonly IngressPath[], path: string): string | undefined {
  const elements = (text: string): readonly string[] => text.split('/').filter((element, i, all) => i > 0 && !(i === all.length - 1 && element === ''));
  const exact = paths.find((each) => each.match === 'exact' && each.path === path);
  if (exact !== undefined) return exact.ingress;
  const asked = elements(path);
  const fitting = paths.filter((each) => each.match === 'prefix' && elements(each.path).every((element, i) => asked[i] === element));
  const longest = Math.max(...fitting.map((each) => elements(each.path).length));
  return fitting.find((each) => elements(each.path).length === longest)?.ingress;
}

describe('findRoute', () => {
  it('finds what the rule says, for any paths', () => {
    const pathOf = (...parts: readonly string[]) => fc.array(fc.constantFrom(...parts), { maxLength: 4 }).map((chosen) => `/${chosen.join('/')}`);
    // Two slashes in a row are refused in an Ingress, not in a request.
    const rulePath = fc.tuple(pathOf('a', 'b', 'ab'), fc.constantFrom('', '/')).map(([path, end]) => (path === '/' ? path : path + end));
    fc.assert(fc.property(fc.array(fc.record({ path: rulePath, match: fc.constantFrom('exact' as const, 'prefix' as const) }), { maxLength: 6 }), pathOf('', 'a', 'b', 'ab'), (rules, asked) => {
      const paths = rules.map((rule) => at(rule.path, rule.match));
      expect(findRoute(routing(paths), 'a.test', asked)?.ingress).toBe(slow(paths, asked));
    }), { numRuns: 2000 });
  });

  it('is not slow for a path of many elements', () => {
    expect(findRoute(routing([at('/a', 'prefix')]), 'a.test', `/a${'/x'.repeat(16_000)}`)?.ingress).toBe('prefix /a');
  });
});

describe('targetOf', () => {
  it.each([
    ['/x?y=1', 'Shop.Example.org:8080', { host: 'shop.example.org', path: '/x', url: '/x?y=1' }],
    ['/x', 'shop.example.org.', { host: 'shop.example.org', path: '/x', url: '/x' }],
    ['http://other.test/x?y', 'shop.example.org', { host: 'other.test', path: '/x', url: '/x?y' }],
    ['http://other.test', 'shop.example.org', { host: 'other.test', path: '/', url: '/' }],
    ['/', '[::1]:80', { host: '[::1]', path: '/', url: '/' }],
    ['/', '', { host: '', path: '/', url: '/' }],
  ])('%s of %s', (url, host, expected) => {
    expect(targetOf(url, host)).toEqual(expected);
  });

  it.each([['*', 'a.test'], ['a.test:443', 'a.test'], ['/', undefined], ['/', 'a b'], ['/', 'user@a.test'], ['/', 'a.test:x'], ['/', 'a/b']])('%s of %s names nothing', (url, host) => {
    expect(targetOf(url, host)).toBeUndefined();
  });
});

describe('headers', () => {
  const asker = { address: '192.0.2.1', scheme: 'https' as const, host: 'a.test', port: 443 };

  it('keep order, case and repeats, and drop what belongs to a connection', () => {
    const raw = [':method', 'GET', 'host', 'x', 'Accept', 'a', 'accept', 'b', 'Connection', 'close, X-Hop', 'X-Hop', '1', 'Upgrade', 'h2c', 'Proxy-Authorization', 'secret', 'X-Forwarded-For', '203.0.113.1', 'traceparent', 'old'];
    expect(requestHeaders(raw, asker, { trusted: false, trace: 'new' })).toEqual([
      'Host', 'a.test', 'Accept', 'a', 'accept', 'b', 'X-Forwarded-For', '192.0.2.1', 'X-Real-IP', '192.0.2.1', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'a.test', 'X-Forwarded-Port', '443', 'traceparent', 'new',
    ]);
  });

  it('go on with what a trusted proxy says of its client', () => {
    const headers = requestHeaders(['X-Forwarded-For', '203.0.113.1', 'x-forwarded-proto', 'http', 'Forwarded', 'for=x'], asker, { trusted: true });
    expect(asFields(headers)).toMatchObject({ 'x-forwarded-for': '203.0.113.1, 192.0.2.1', 'x-forwarded-proto': 'http', forwarded: 'for=x', 'x-forwarded-port': '443' });
  });

  it('cannot be made to drop what a request needs', () => {
    expect(requestHeaders(['Connection', 'content-length, authorization', 'Content-Length', '5', 'Authorization', 'x'], asker, { trusted: false })).toEqual(expect.arrayContaining(['Content-Length', 'Authorization']));
  });

  it('of answers are passed on but those of the connection', () => {
    expect(responseHeaders(['Set-Cookie', 'a', 'Set-Cookie', 'b', 'Transfer-Encoding', 'chunked', 'Keep-Alive', 'timeout=5', 'Connection', 'keep-alive'])).toEqual(['Set-Cookie', 'a', 'Set-Cookie', 'b']);
    expect(asFields(['Set-Cookie', 'a', 'Set-Cookie', 'b'])).toEqual({ 'set-cookie': ['a', 'b'] });
  });
});
