import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeWith } from '../jest/require-part.ts';
import { TestContainerd, realContainerd } from '../../plugins/runtime/cri/src/testdata/containerd.ts';
import { systemMachine } from '../../packages/cli/src/adapters/system-machine.ts';
import { runProgram } from '../../packages/cli/src/program.ts';
import { testWorld } from '../../packages/cli/src/testdata/world.ts';

const images = fileURLToPath(new URL('../../.keelson/images', import.meta.url));

describeWith(realContainerd)('image commands with real containerd', () => {
  it('import what tools/images builds, list it, and say what is no image', async () => {
    const containerd = new TestContainerd('none');
    try {
      await containerd.start();
      containerd.ctr('images', 'rm', 'keelson.dev/echo:1');
      const machine = systemMachine(process.env['PATH'], ['/usr/bin']);
      const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
        const world = testWorld();
        const code = await runProgram(world, machine, ['image', ...args, '--containerd', containerd.socket]);
        return { code, out: world.stdout(), err: world.stderr() };
      };
      expect(JSON.parse((await run('list', '-o', 'json')).out)).not.toContainEqual(expect.objectContaining({ image: 'keelson.dev/echo:1' }));
      expect(await run('import', join(images, 'echo.tar'))).toEqual({ code: 0, out: `imported keelson.dev/echo:1 into ${containerd.socket}\n`, err: '' });
      expect((await run('list')).out).toMatch(/^keelson\.dev\/echo:1 +\d+\.\d KiB +all$/m);
      const wrong = await run('import', fileURLToPath(import.meta.url));
      expect(wrong.code).toBe(4);
      expect(wrong.err).toContain('did not do "images import"');
    } finally {
      await containerd.destroy();
    }
  }, 60_000);
});
