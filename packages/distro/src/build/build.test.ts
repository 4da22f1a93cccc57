import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { defineKind, findKind, type KubeObject } from '@keelson/api';
import { defaultObject } from '@keelson/api/defaulting';
import { decodeObject } from '@keelson/api/schema';
import { validateCreate } from '@keelson/api/validation';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { defineDistribution } from '../definition.ts';
import { resolveDistribution } from '../resolve.ts';
import { folderOf, plugin } from '../testdata/fixtures.ts';
import { buildDistribution } from './build.ts';

const Gadget = defineKind({ group: 'example.org', version: 'v1', kind: 'Gadget', shortNames: ['gd'] });
const gadgets = plugin('@acme/gadgets', { config: z.strictObject({ keep: z.int().default(3), region: z.string() }), crds: [Gadget], rbac: [{ groups: ['example.org'], resources: ['gadgets'], verbs: ['get'] }] });
const distribution = resolveDistribution(defineDistribution({ name: 'acme', version: '1.0.0', plugins: [{ use: gadgets, config: { region: 'a' } }] }));

describe('buildDistribution', () => {
  it('writes a file that runs from anywhere, with its map and documents', async () => {
    const folder = folderOf({
      'distribution.ts': "interface D { readonly name: string }\nconst value: D = { name: 'acme' };\nexport default value;\n",
      'run.ts': "export async function main(distribution: { name: string }): Promise<void> { process.stdout.write(`running ${distribution.name}`); }\n",
      'elsewhere/.keep': '',
    });
    const written = await buildDistribution({ distribution, file: join(folder, 'distribution.ts'), outDir: join(folder, 'dist/acme'), program: { module: './run.ts', export: 'main' } });
    expect(written.map((path) => path.slice(folder.length + 1)).sort()).toEqual(['acme.mjs', 'acme.mjs.map', 'crds.yaml', 'plugins.json', 'rbac.yaml', 'settings.schema.json'].map((name) => `dist/acme/${name}`));
    expect(execFileSync(process.execPath, [join(folder, 'dist/acme/acme.mjs')], { cwd: join(folder, 'elsewhere'), encoding: 'utf8' })).toBe('running acme');
    expect(statSync(join(folder, 'dist/acme/acme.mjs')).mode & 0o111).not.toBe(0);
    const read = (name: string): string => readFileSync(join(folder, 'dist/acme', name), 'utf8');
    expect(JSON.parse(read('plugins.json'))).toMatchObject({ distribution: 'acme', plugins: [{ name: '@acme/gadgets', version: '1.0.0' }] });
    expect(parseAllDocuments(read('rbac.yaml')).map((document) => document.toJS() as unknown)).toMatchObject([
      { kind: 'ClusterRole', metadata: { name: 'system:keelson:plugin:@acme:gadgets' }, rules: [{ apiGroups: ['example.org'], resources: ['gadgets'], verbs: ['get'] }] },
      { kind: 'ClusterRoleBinding', subjects: [{ kind: 'User', name: 'system:keelson:plugin:@acme/gadgets' }] },
    ]);
    for (const name of ['rbac.yaml', 'crds.yaml']) {
      for (const document of parseAllDocuments(read(name))) {
        const object = document.toJS() as KubeObject;
        const kind = findKind(object.apiVersion.split('/')[0]!, 'v1', object.kind)!;
        expect(decodeObject(object, kind.definition)).toMatchObject({ unknown: [], error: undefined });
        defaultObject(kind, object);
        expect(validateCreate(kind, object)).toEqual([]);
      }
    }
    expect(parseAllDocuments(read('crds.yaml'))[0]!.toJS()).toMatchObject({ metadata: { name: 'gadgets.example.org' }, spec: { scope: 'Namespaced', names: { kind: 'Gadget', shortNames: ['gd'] } } });
    const schema = JSON.parse(read('settings.schema.json')) as { properties: { plugins: { properties: Record<string, object> } } };
    expect(schema.properties.plugins.properties['@acme/gadgets']).toMatchObject({ properties: { keep: { type: 'integer', default: 3 }, region: { type: 'string' } }, additionalProperties: false });
    expect(schema.properties.plugins.properties['@acme/gadgets']).not.toHaveProperty('required');
  });

  it('names the place of what cannot be bundled, and writes nothing then', async () => {
    const folder = folderOf({ 'distribution.ts': "import './gone.ts';\nexport default {};\n", 'run.ts': 'export const main = 1;' });
    await expect(buildDistribution({ distribution, file: join(folder, 'distribution.ts'), outDir: join(folder, 'dist'), program: { module: './run.ts', export: 'main' } })).rejects.toThrow(/distribution\.ts:1: Could not resolve "\.\/gone\.ts"/);
    expect(() => statSync(join(folder, 'dist'))).toThrow('ENOENT');
  });

  it('does not build what cannot be wired', async () => {
    const broken = resolveDistribution(defineDistribution({ name: 'acme', version: '1.0.0', plugins: [gadgets] }));
    await expect(buildDistribution({ distribution: broken, file: '/none', outDir: '/none' })).rejects.toThrow('KEEL_BAD_CONFIG  @acme/gadgets  region: expected string, got nothing');
  });
});
