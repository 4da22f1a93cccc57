import { Deployment } from '@keelson/api/apps/v1';
import { Namespace } from '@keelson/api/core/v1';
import { standard } from '@keelson/distro/presets';
import { cluster, type BusFaults } from './index.ts';
import { web } from './testdata/web.ts';

const faults: BusFaults = { stale: 0.1, drop: 0.02, reorder: 0.1, failWrite: 0.05, loseAnswer: 0.05, crash: 0.005 };

/** A short life of a cluster: everything written and every span, as text. */
async function life(seed: string, trouble: BusFaults = {}): Promise<{ readonly log: string; readonly trace: string; readonly struck: number }> {
  const test = await cluster(standard, { seed });
  test.faults.set(trouble);
  await test.apply(web);
  await test.advance('1m');
  await test.api.patch(Deployment, { namespace: 'shop', name: 'web' }, { type: 'merge', body: { spec: { replicas: 5, template: { spec: { containers: [{ name: 'web', image: 'example.org/web:2' }] } } } } });
  await test.advance('90s');
  await test.api.delete({ kind: Namespace, ref: { name: 'shop' } });
  await test.advance('1m');
  const struck = Object.values(test.faults.counts).reduce((sum, count) => sum + count, 0);
  const texts = { log: test.log.text(), trace: test.trace.text(), struck };
  await test.close();
  return texts;
}

describe('equal seeds', () => {
  it.each([['without faults', {}], ['with faults', faults]] as const)('give equal writes and equal spans, byte for byte, %s', async (_, trouble) => {
    const first = await life('same', trouble);
    const second = await life('same', trouble);
    expect(first.log.split('\n').length).toBeGreaterThan(200);
    expect(first.trace.split('\n').length).toBeGreaterThan(500);
    expect(firstDifference(first.log, second.log)).toBeUndefined();
    expect(firstDifference(first.trace, second.trace)).toBeUndefined();
    if (trouble === faults) expect(first.struck).toBeGreaterThan(20);
  });

  it('give equal runs also beside others in the same process', async () => {
    const [one, other, again] = await Promise.all([life('same', faults), life('different', faults), life('same', faults)]);
    expect(firstDifference(one.log, again.log)).toBeUndefined();
    expect(firstDifference(one.trace, again.trace)).toBeUndefined();
    expect(other.log).not.toBe(one.log);
    expect(other.trace).not.toBe(one.trace);
  });
});

/** The first lines that are not equal; comparing megabytes of text as a whole gives an unreadable message. */
function firstDifference(a: string, b: string): { readonly line: number; readonly a: string | undefined; readonly b: string | undefined } | undefined {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const line = left.findIndex((text, index) => text !== right[index]);
  return line < 0 && left.length === right.length ? undefined : { line, a: left[line], b: right[line] };
}
