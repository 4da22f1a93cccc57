import type { RuntimeProvider } from '@keelson/sdk/runtime';
import { chooseRuntime } from './choose-runtime.ts';

const provider = (name: string): RuntimeProvider => ({ name, open: () => Promise.reject(new Error('not opened here')) });

describe('chooseRuntime', () => {
  it('finds a runtime by name', () => {
    const sim = provider('sim');
    expect(chooseRuntime('sim', [provider('process'), sim])).toBe(sim);
  });

  it('names those that there are when asked for another', () => {
    expect(() => chooseRuntime('cri', [provider('process'), provider('sim')])).toThrow('runtime cri is not in this distribution (there is: process, sim)');
    expect(() => chooseRuntime('cri', [])).toThrow('(there is: none)');
  });
});
