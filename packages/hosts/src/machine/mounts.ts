import { readFileSync } from 'node:fs';
import type { Programs } from './programs.ts';

/** Mount points below a folder, the innermost first. */
export function mountsBelow(folder: string, mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): readonly string[] {
  return mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? []).map(unescape).filter((path) => path.startsWith(`${folder}/`)).reverse();
}

/** Takes away every mount below the folder; what is busy still goes as soon as it is not. */
export async function unmountBelow(programs: Programs, folder: string): Promise<void> {
  const mounts = mountsBelow(folder);
  // Arguments have a limit, and a host with many pods has thousands.
  for (let at = 0; at < mounts.length; at += 500) await programs.run({ program: 'umount', args: ['--lazy', '--', ...mounts.slice(at, at + 500)] });
}

/** The kernel writes blanks and backslashes as octal numbers. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
