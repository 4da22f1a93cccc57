import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describeWith } from '../../../../tools/jest/require-part.ts';
import { decodeObject } from '../schema/index.ts';
import { builtinKinds } from '../kinds.ts';
import { decode, encode } from './envelope.ts';
import { messageDefinition } from './message-kinds.ts';

const samples = join(process.cwd(), '../shared/reference/api-samples');
const oracle = {
  name: 'protobuf samples',
  missing: () => (existsSync(samples) ? undefined : `no ${samples}; only the project's own workspace has them`),
};

interface Sample {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/** Samples of kinds that have a protobuf form here. */
function served(): Sample[] {
  if (!existsSync(samples)) return [];
  return readdirSync(samples)
    .filter((file) => file.endsWith('.pb'))
    .map((file) => {
      const parts = file.slice(0, -'.pb'.length).split('.');
      const kind = parts.pop() ?? '';
      const version = parts.pop() ?? '';
      const group = parts.join('.');
      return { file: file.slice(0, -'.pb'.length), apiVersion: group === 'core' ? version : `${group}/${version}`, kind };
    })
    // A WatchEvent is never an object of its own: it has no kind on the wire.
    .filter(({ apiVersion, kind }) => messageDefinition(apiVersion, kind) !== undefined && kind !== 'WatchEvent');
}

describeWith(oracle)('against one full object of each kind in both forms', () => {
  const all = served();
  const read = ({ file, apiVersion, kind }: Sample) => {
    const object = parse(readFileSync(join(samples, `${file}.yaml`), 'utf8')) as Record<string, unknown>;
    expect(decodeObject(object, messageDefinition(apiVersion, kind) ?? '')).toMatchObject({ unknown: [], error: undefined });
    return { object, bytes: new Uint8Array(readFileSync(join(samples, `${file}.pb`))) };
  };

  it('covers every built-in kind but the two whose repositories have no samples', () => {
    const without = builtinKinds().filter(({ apiVersion, kind }) => !all.some((sample) => sample.apiVersion === apiVersion && sample.kind === kind));
    expect(without.map(({ kind }) => kind).sort()).toEqual(['APIService', 'CustomResourceDefinition']);
  });

  it.each(all)('decodes $file', (sample) => {
    const { object, bytes } = read(sample);
    const decoded = decode(bytes);
    expect(decoded).toMatchObject({ apiVersion: sample.apiVersion, kind: sample.kind });
    expect(decoded.object).toEqual(object);
  });

  it.each(all)('encodes $file', (sample) => {
    const { object, bytes } = read(sample);
    expect(Buffer.from(encode(object)).toString('latin1')).toBe(Buffer.from(bytes).toString('latin1'));
  });
});
