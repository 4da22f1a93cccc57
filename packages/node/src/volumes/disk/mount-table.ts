import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Paths that something is mounted on, at or below `directory`, in order of mounting. */
export async function mountsBelow(directory: string): Promise<readonly string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  return text.split('\n').flatMap((line) => {
    const path = unescape(line.split(' ')[4] ?? '');
    return path === directory || path.startsWith(`${directory}/`) ? [path] : [];
  });
}

/** Mounts; rejects with what the program says. */
export async function mount(args: readonly string[]): Promise<void> {
  await command('mount', args);
}

/** Unmounts all at and below `directory`, the last mounted first; rejects when something stays. */
export async function unmountBelow(directory: string): Promise<void> {
  for (const path of [...(await mountsBelow(directory))].reverse()) {
    // A folder in use is let go of at once and freed with its last user.
    await command('umount', [path]).catch(() => command('umount', ['-l', path]));
  }
  const left = await mountsBelow(directory);
  if (left.length > 0) throw new Error(`${left[0]!} is still mounted: end what uses it`);
}

async function command(name: string, args: readonly string[]): Promise<void> {
  try {
    await run(name, args);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? '';
    throw new Error(`${name} ${args.join(' ')} failed: ${said === '' ? (error as Error).message : said}`, { cause: error });
  }
}

/** Blanks and the like stand there as octal numbers. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
