import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { describeWith } from '../jest/require-part.ts';
import { tarOf } from './tar.mjs';
import { buildImage, images } from './images.mjs';

const parts = {
  name: 'gcc and busybox-static',
  missing: () => (existsSync('/usr/include/stdio.h') && existsSync('/usr/bin/gcc') && (existsSync('/usr/bin/busybox') || existsSync('/bin/busybox')) ? undefined : 'no gcc, libc6-dev or busybox; tools/setup/real-parts.mjs installs them'),
};

describe('tarOf', () => {
  it('writes what tar reads, links and folders too', () => {
    const tar = tarOf([{ path: 'a/' }, { path: 'a/b', data: Buffer.from('hello'), mode: 0o755 }, { path: 'c', link: '/a/b' }]);
    const listed = spawnSync('tar', ['tvf', '-'], { input: tar, encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
    expect(listed.status).toBe(0);
    expect(listed.stdout.trim().split('\n').map((line) => line.replace(/\s+/g, ' '))).toEqual([
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 a/',
      '-rwxr-xr-x 0/0 5 1970-01-01 00:00 a/b',
      'lrw-r--r-- 0/0 0 1970-01-01 00:00 c -> /a/b',
    ]);
  });

  it('refuses a path that it cannot hold', () => {
    expect(() => tarOf([{ path: 'x'.repeat(101) }])).toThrow('too long');
  });
});

describeWith(parts)('test images', () => {
  it.each(images)('$name has the same bytes when built again', (image) => {
    const first = buildImage(image);
    expect(buildImage(image).equals(first)).toBe(true);
    expect(first.includes(`"io.containerd.image.name":"${image.name}"`)).toBe(true);
  });
});
