import { rename, stat, writeFile } from 'node:fs/promises';

/** Replaces a file's content by rename, keeping its mode, so that no reader sees half of it. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  const draft = `${path}.keelson-${process.pid}`;
  await writeFile(draft, text, { mode: mode & 0o777 });
  await rename(draft, path);
}
