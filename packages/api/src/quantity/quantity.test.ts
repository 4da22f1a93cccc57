import {
  addQuantities, canonicalQuantity, compareQuantities, formatQuantity, milliOf, parseQuantity, subtractQuantities, unitsOf,
} from './index.ts';

describe('quantity', () => {
  it.each([
    ['0', '0'], ['0n', '0'], ['1000m', '1'], ['1500m', '1500m'], ['0.5', '500m'], ['.5', '500m'], ['5.', '5'], ['1e3', '1e3'],
    ['1E3', '1e3'], ['1024Ki', '1Mi'], ['1Gi', '1Gi'], ['1.5Gi', '1536Mi'], ['0.1Gi', '107374182400m'], ['1000Ki', '1000Ki'],
    ['512', '512'], ['1000', '1k'], ['1000000', '1M'], ['1500000', '1500k'], ['100Ki', '100Ki'], ['0.5Ki', '512'], ['1023', '1023'],
    ['0.0000000001', '1n'], ['1.0000000001', '1000000001n'], ['-1500m', '-1500m'], ['+1', '1'], ['1e-3', '1e-3'], ['100e-1', '10'],
    ['9223372036854775807', '9223372036854775807'], ['100E', '9223372036854775807'], ['8Ei', '9223372036854775807'],
  ])('writes %s as %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
    expect(canonicalQuantity(canonical)).toBe(canonical);
  });

  it.each(['', '1x', 'abc', '1.2.3', '1Kii', '--1', '1 ', 'e3', '1e', '0x10'])('refuses %j', (text) => {
    expect(() => parseQuantity(text)).toThrow(/quantit/);
  });

  it('adds, subtracts and compares exactly', () => {
    expect(formatQuantity(addQuantities(parseQuantity('0.1'), parseQuantity('0.2')))).toBe('300m');
    expect(formatQuantity(addQuantities(parseQuantity('0'), parseQuantity('1Gi')))).toBe('1Gi');
    expect(formatQuantity(subtractQuantities(parseQuantity('1Gi'), parseQuantity('1Mi')))).toBe('1023Mi');
    expect(compareQuantities(parseQuantity('1k'), parseQuantity('1000'))).toBe(0);
    expect(compareQuantities(parseQuantity('1Ki'), parseQuantity('1k'))).toBeGreaterThan(0);
  });

  it('gives numbers rounded up', () => {
    expect(unitsOf('1Gi')).toBe(1073741824);
    expect(unitsOf('100m')).toBe(1);
    expect(milliOf('1500m')).toBe(1500);
    expect(milliOf('100u')).toBe(1);
    expect(milliOf(2)).toBe(2000);
  });
});
