import fc from 'fast-check';
import { InvalidRequestError, prefixEnd } from '../contract.ts';
import { checkKey, orderKey } from './order-key.ts';

const text = fc.string({ unit: 'binary' });
const sign = (n: number): number => (n < 0 ? -1 : n > 0 ? 1 : 0);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

describe('orderKey', () => {
  it('orders like UTF-8 bytes', () => {
    fc.assert(fc.property(text, text, (a, b) => expect(compare(orderKey(a), orderKey(b))).toBe(sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))));
    const corners = ['', '\u007f', '\u0080', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', 'a\uffff', 'a\u{10000}'];
    for (const a of corners) for (const b of corners) expect(compare(orderKey(a), orderKey(b))).toBe(sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it('lets a range over a prefix hold exactly what begins with it', () => {
    const prefixes = fc.string({ minLength: 1, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(prefixes, text, fc.boolean(), (prefix, rest, inside) => {
        const key = inside ? prefix + rest : rest;
        const within = orderKey(key) >= orderKey(prefix) && orderKey(key) < orderKey(prefixEnd(prefix));
        expect(within).toBe(key.startsWith(prefix));
      }),
    );
  });
});

describe('checkKey', () => {
  it.each(['', '\ud800', 'a\udc00b', '\udc00\ud800'])('refuses %j', (key) => {
    expect(() => checkKey(key)).toThrow(InvalidRequestError);
  });
  it.each(['a', '\u{1f600}', '\uffff', '/registry/pods/default/web-0'])('takes %j', (key) => {
    expect(() => checkKey(key)).not.toThrow();
  });
});
