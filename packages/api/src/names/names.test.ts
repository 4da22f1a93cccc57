import {
  checkConfigMapKey, checkDns1035Label, checkDns1123Label, checkDns1123Subdomain, checkEnvVarName, checkLabelValue, checkPathSegment, checkPortName,
  checkQualifiedName, generateName, safeEncode, type NameCheck,
} from './index.ts';

const long = 'a'.repeat(254);

it.each<[string, NameCheck, string[], string[]]>([
  ['subdomain', checkDns1123Subdomain, ['a', 'a.b-c.0'], ['', 'A', '-a', 'a-', 'a..b', 'a_b', long]],
  ['label', checkDns1123Label, ['a', '0-a'], ['', 'a.b', 'A', '-', 'a'.repeat(64)]],
  ['1035 label', checkDns1035Label, ['a-0'], ['0a', '', 'a.b', 'A']],
  ['qualified name', checkQualifiedName, ['a', 'A_b.C', 'example.org/a'], ['', '/', 'a/', '/a', 'a/b/c', 'A.org/a', `a/${'b'.repeat(64)}`]],
  ['label value', checkLabelValue, ['', 'A_b.c'], ['-', 'a b', 'a'.repeat(64)]],
  ['path segment', checkPathSegment, ['system:node', 'a b'], ['.', '..', 'a/b', 'a%b']],
  ['port name', checkPortName, ['http', 'a-1'], ['', '80', 'a--b', '-a', 'aaaaaaaaaaaaaaaa', 'A']],
  ['environment variable', checkEnvVarName, ['A_B', 'a.b-c', '1a'], ['', 'a=b', 'é']],
  ['config key', checkConfigMapKey, ['a.b', '.a', '_A-1'], ['', '.', '..', '..a', 'a/b', long]],
])('%s', (_, check, good, bad) => {
  for (const value of good) expect(check(value)).toEqual([]);
  for (const value of bad) expect(check(value)).not.toEqual([]);
});

describe('generated names', () => {
  it('append five characters of the alphabet, the same for the same random numbers', () => {
    let state = 0;
    const random = () => (state = (state + 0.37) % 1);
    const first = generateName('web-', random);
    expect(first).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    state = 0;
    expect(generateName('web-', random)).toBe(first);
    expect(generateName('a'.repeat(80), random)).toHaveLength(63);
    expect(generateName('x', () => 0.999999)).toBe('x99999');
  });

  it('encode hashes', () => {
    expect(safeEncode('0123456789')).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
    expect(new Set([...'0123456789'].map(safeEncode)).size).toBe(10);
  });
});
