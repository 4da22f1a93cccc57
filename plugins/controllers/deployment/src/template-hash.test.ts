import fc from 'fast-check';
import { deployment } from './testdata/objects.ts';
import { templateHash } from './template-hash.ts';

const { template } = deployment(1).spec;

test('is short, safe in names, and the same for every order of members', () => {
  const hash = templateHash(template, undefined);
  expect(hash).toMatch(/^[bcdf456789]{1,10}$/);
  const turned = { spec: { containers: template.spec?.containers.map((c) => ({ image: c.image, name: c.name })) ?? [] }, metadata: { annotations: undefined, labels: { app: 'web' } } };
  expect(templateHash(turned, undefined)).toBe(hash);
});

test('differs by template and by collision count', () => {
  const other = { ...template, spec: { containers: [{ name: 'c', image: 'nginx:2' }] } };
  expect(new Set([templateHash(template, undefined), templateHash(other, undefined), templateHash(template, 1), templateHash(template, 2)]).size).toBe(4);
});

test('the order of list items counts', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 5 }), (names) => {
      const of = (list: readonly string[]) => templateHash({ spec: { containers: list.map((name) => ({ name })) } }, undefined);
      expect(of(names)).not.toBe(of([...names].reverse()));
    }),
    { seed: 5 },
  );
});
