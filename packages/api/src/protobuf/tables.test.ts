import { definitionNames, findDefinition } from '../schema/index.ts';
import { builtinKinds } from '../kinds.ts';
import { definitionCodec } from './definition-codec.ts';
import { layoutOf, type Layout } from './layout.ts';
import { messageDefinition } from './message-kinds.ts';

/** Answered at /version, as JSON only. */
const withoutForm = ['io.k8s.apimachinery.pkg.version.Info'];
const names = definitionNames().filter((name) => !withoutForm.includes(name));

function fieldNames(layouts: readonly Layout[]): string[] {
  return layouts.flatMap((layout) => ('members' in layout ? fieldNames(layout.members) : [layout.name]));
}

function numberings(layouts: readonly Layout[]): number[][] {
  return [layouts.map(({ number }) => number), ...layouts.flatMap((layout) => ('members' in layout ? numberings(layout.members) : []))];
}

describe('tables of field numbers', () => {
  it('number every field of every definition, and no other', () => {
    const differences: string[] = [];
    for (const name of names) {
      const fields = [...(findDefinition(name)?.fields.keys() ?? [])];
      const layout = layoutOf(name);
      const numbered = fieldNames(layout ?? []);
      // Of objects with a kind, apiVersion and kind are in the envelope.
      const typed = !numbered.includes('apiVersion') && !numbered.includes('kind');
      const expected = typed ? fields.filter((field) => field !== 'apiVersion' && field !== 'kind') : fields;
      if (layout === undefined) differences.push(`${name} has no table`);
      else if (JSON.stringify([...numbered].sort()) !== JSON.stringify(expected.sort())) {
        differences.push(`${name}: ${numbered.filter((field) => !fields.includes(field)).join()} / ${expected.filter((field) => !numbered.includes(field)).join()}`);
      }
    }
    expect(differences).toEqual([]);
    expect(names.length).toBeGreaterThan(500);
  });

  it('use each number once in a message, in ascending order', () => {
    const bad = names.filter((name) => numberings(layoutOf(name) ?? []).some((numbers) => numbers.some((number, index) => number <= (numbers[index - 1] ?? 0))));
    expect(bad).toEqual([]);
  });

  it('compile', () => {
    for (const name of names) expect(definitionCodec(name)).toBeDefined();
  });

  it('name the definition of every built-in kind and list', () => {
    const missing = builtinKinds().flatMap(({ apiVersion, kind, listKind, verbs }) =>
      [kind, ...(verbs.includes('list') ? [listKind] : [])].filter((name) => findDefinition(messageDefinition(apiVersion, name) ?? '') === undefined),
    );
    expect(missing).toEqual([]);
  });
});
