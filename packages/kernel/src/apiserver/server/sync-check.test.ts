import { syncCheck } from './sync-check.ts';

const storage = (name: string, following: boolean) => ({ prefix: `/registry/${name}/`, cache: { following } });

describe('informer-sync', () => {
  it.each([
    ['all that is loaded follows', [storage('pods', true), storage('nodes', true)], undefined],
    ['nothing is loaded yet', [], undefined],
    ['one fell behind', [storage('pods', false), storage('nodes', true)], '1 watch cache does not follow the store: /registry/pods/'],
    ['the store is away', ['a', 'b', 'c', 'd'].map((name) => storage(name, false)), '4 watch caches do not follow the store: /registry/a/, /registry/b/, /registry/c/, …'],
  ])('when %s', (_title, storages, expected) => {
    expect(syncCheck(() => storages).check()).toBe(expected);
  });
});
