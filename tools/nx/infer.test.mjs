import { inferProject } from './infer.mjs';

describe('inferProject', () => {
  it('tags a plugin by the extension point that its folder names', () => {
    const project = inferProject('plugins/dns/cache/package.json', '@keelson/dns-cache');
    expect(project).toMatchObject({ root: 'plugins/dns/cache', name: '@keelson/dns-cache', tags: ['type:plugin', 'point:dns'] });
    expect(Object.keys(project.targets)).toEqual(['lint', 'typecheck', 'test']);
    expect(project.targets.test.inputs).toEqual(expect.arrayContaining(['source', '^source']));
  });

  it('tags a package by its layer, and gives build and generate where there is something to do', () => {
    expect(inferProject('packages/kernel/package.json', '@keelson/kernel').tags).toEqual(['type:package', 'layer:2']);
    expect(inferProject('packages/cli/package.json', '@keelson/cli').targets.build).toMatchObject({ cache: true, outputs: ['{projectRoot}/dist'] });
    expect(inferProject('packages/api/package.json', '@keelson/api').targets.generate.outputs).toEqual(['{projectRoot}/generated']);
  });

  it('caches every target that runs a command', () => {
    const projects = ['packages/cli', 'packages/api', 'plugins/cni/ptp', 'examples/third-party-plugin', 'tools'].map((root) => inferProject(`${root}/package.json`, 'x'));
    for (const project of projects) for (const target of Object.values(project.targets)) expect(target).toMatchObject({ cache: true });
  });

  it('leaves other files alone', () => {
    expect(inferProject('packages/kernel/src/package.json', 'x')).toBeUndefined();
  });
});
