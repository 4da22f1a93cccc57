import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import type { VolumeDisk } from '@keelson/sdk/volumes';
import { replaceFiles } from './atomic-files.ts';
import { mount, mountsBelow, unmountBelow } from './mount-table.ts';

/** The disk of this machine. Needs root. */
export const nodeDisk: VolumeDisk = {
  replaceFiles,

  async makeDirectory(directory, mode, fsGroup) {
    await mkdir(directory, { recursive: true });
    if (fsGroup !== undefined) await chown(directory, 0, fsGroup);
    await chmod(directory, fsGroup === undefined ? mode : mode | 0o2070);
  },

  async mountMemory(directory, sizeBytes) {
    await mkdir(directory, { recursive: true });
    if ((await mountsBelow(directory)).includes(directory)) return;
    const size = sizeBytes === undefined ? [] : [`size=${sizeBytes}`];
    await mount(['-t', 'tmpfs', '-o', ['mode=0777', ...size].join(','), 'tmpfs', directory]);
  },

  async remove(directory) {
    await unmountBelow(directory);
    await rm(directory, { recursive: true, force: true });
  },
};
