import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describeWith } from '../../../../tools/jest/require-part.ts';
import { printerOf } from '../columns/index.ts';
import { defaultObject } from '../defaulting/index.ts';
import { builtinKinds } from '../kinds.ts';
import type { KubeObject } from '../meta/object.ts';
import { decodeObject } from '../schema/index.ts';
import { prepareForCreate, prepareForStatusUpdate, prepareForUpdate } from '../strategy/index.ts';
import { validateCreate, validateUpdate } from './index.ts';

const samples = join(process.cwd(), '../shared/reference/api-samples');
const oracle = { name: 'upstream samples', missing: () => (existsSync(samples) ? undefined : `no ${samples}; only the project's own workspace has it`) };

/** Samples hold a value in every field, so they are no valid objects; every code path must still take them. */
describeWith(oracle)('one full object of each kind', () => {
  const kinds = builtinKinds()
    .map((kind) => ({ kind, file: join(samples, `${kind.group === '' ? 'core' : kind.group}.${kind.version}.${kind.kind}.yaml`) }))
    .filter(({ file }) => existsSync(file));

  it.each(kinds.map((entry) => [`${entry.kind.apiVersion} ${entry.kind.kind}`, entry] as const))('%s goes through defaulting, strategy, validation and printing', (_, { kind, file }) => {
    const read = (): KubeObject => {
      const object = parse(readFileSync(file, 'utf8')) as KubeObject;
      decodeObject(object, kind.definition);
      defaultObject(kind, object);
      return object;
    };
    const created = read();
    prepareForCreate(kind, created);
    for (const cause of validateCreate(kind, created)) expect(cause.message).not.toContain('undefined');
    const next = read();
    const old = read();
    prepareForUpdate(kind, next, old);
    expect(next).toEqual(old);
    expect(validateUpdate(kind, next, old).filter(({ message }) => message.includes('immutable'))).toEqual([]);
    prepareForStatusUpdate(kind, next, old);
    expect(next).toEqual(old);
    const { columns, row } = printerOf(kind);
    expect(row(old, 0)).toHaveLength(columns.length);
    const types = { string: 'string', integer: 'number', boolean: 'boolean', date: 'string' };
    row(old, 0).forEach((cell, index) => {
      const type = columns[index]?.type ?? 'string';
      // Cron jobs print their suspension as a word although the column is boolean, as upstream.
      if (!(type === 'boolean' && typeof cell === 'string')) expect(typeof cell === 'number' && type === 'string' ? 'string' : typeof cell).toBe(types[type]);
    });
  });
});
