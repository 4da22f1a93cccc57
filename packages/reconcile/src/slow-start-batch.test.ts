import { slowStartBatch } from './slow-start-batch.ts';

test('doubles the batch after each success', async () => {
  const sizes: number[] = [];
  let open = 0;
  const { succeeded, error } = await slowStartBatch(10, async () => {
    open += 1;
    await Promise.resolve();
    if (open > 0) sizes.push(open);
    open = 0;
  });
  expect([succeeded, error]).toEqual([10, undefined]);
  expect(sizes).toEqual([1, 2, 4, 3]);
});

test('stops after the batch of the first failure and counts what went through', async () => {
  const called: number[] = [];
  const refused = new Error('quota');
  const { succeeded, error } = await slowStartBatch(100, async (index) => {
    called.push(index);
    if (index === 4) throw refused;
  });
  expect(called).toHaveLength(7);
  expect([succeeded, error]).toEqual([6, refused]);
});

test('nothing to do is no call', async () => {
  await expect(slowStartBatch(0, () => Promise.reject(new Error('called')))).resolves.toEqual({ succeeded: 0, error: undefined });
});
