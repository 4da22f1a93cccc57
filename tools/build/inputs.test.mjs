import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputsOf, isUpToDate } from './inputs.mjs';

describe('isUpToDate', () => {
  let root;
  const record = () => join(root, 'record.json');
  beforeEach(() => {
    root = `${mkdtempSync(join(tmpdir(), 'keelson-inputs-'))}/`;
    for (const name of ['a.ts', 'b.ts', 'out.mjs']) writeFileSync(join(root, name), name);
    writeFileSync(record(), JSON.stringify({ inputs: inputsOf(root, ['a.ts', 'b.ts']), outputs: ['out.mjs'] }));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is true when nothing changed', () => {
    expect(isUpToDate(root, record(), ['a.ts'])).toBe(true);
  });

  it.each([
    ['an input has another size', () => writeFileSync(join(root, 'a.ts'), 'longer than before')],
    ['an input was touched', () => utimesSync(join(root, 'b.ts'), 1, 1)],
    ['an input is gone', () => rmSync(join(root, 'b.ts'))],
    ['an output is gone', () => rmSync(join(root, 'out.mjs'))],
    ['the record is damaged', () => writeFileSync(record(), '{')],
    ['the record is empty', () => writeFileSync(record(), '{"inputs":{},"outputs":[]}')],
  ])('is false when %s', (_what, change) => {
    change();
    expect(isUpToDate(root, record())).toBe(false);
  });

  it('is false when something that must count did not', () => {
    expect(isUpToDate(root, record(), ['package-lock.json'])).toBe(false);
  });
});
