import { crashTrial, faultTrial } from './testdata/trial.ts';

/** `KEELSON_FAULT_SEEDS=100` tries so many, `KEELSON_FAULT_SEEDS=x,y` just these. */
const asked = process.env['KEELSON_FAULT_SEEDS'] ?? '8';
const seeds = /^\d+$/.test(asked) ? Array.from({ length: Number(asked) }, (_, index) => `fault-${index}`) : asked.split(',');

/** Seeds that found something once. */
const known = ['fault-17', 'fault-120'];

describe('the built-in plugins', () => {
  it.each([...new Set([...seeds, ...known])])('come to the right end state whatever happened (seed %s)', (seed) => faultTrial(seed));

  it.each(seeds)('go on from where a crash of the whole cluster left them (seed %s)', (seed) => crashTrial(seed));
});
