import fc from 'fast-check';
import { cloneJson } from './json-value.ts';

describe('cloneJson', () => {
  it('equals its original and shares nothing with it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const frozen = Object.freeze(value);
        const copy = cloneJson(frozen);
        expect(copy).toEqual(frozen);
        if (typeof copy === 'object' && copy !== null) expect(copy).not.toBe(frozen);
      }),
    );
  });

  it('keeps members named __proto__ as members', () => {
    const copy = cloneJson(JSON.parse('{"a":{"__proto__":{"evil":1}}}') as { a: object });
    expect(Object.keys(copy.a)).toEqual(['__proto__']);
    expect((copy.a as { evil?: number }).evil).toBeUndefined();
  });

  it('keeps what is not JSON as structured cloning would', () => {
    const date = new Date(7);
    const copy = cloneJson({ date, none: undefined });
    expect(copy).toEqual({ date, none: undefined });
    expect(copy.date).not.toBe(date);
    expect('none' in copy).toBe(true);
  });
});
