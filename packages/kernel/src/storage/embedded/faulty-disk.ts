import { nodeDisk, type Disk, type DiskFile } from './disk.ts';

/** A disk that fails on command: each write asks `fault` for what happens to it. Tests only. */
export class FaultyDisk implements Disk {
  /** Returns how many bytes of a write still reach the file before `code` is thrown; undefined: no fault. */
  fault: (path: string, bytes: number) => { readonly written: number; readonly code: string } | undefined = () => undefined;

  async open(path: string, how: Parameters<Disk['open']>[1]): Promise<DiskFile> {
    if (how.create === true) await this.#check(path, 0);
    const file = await nodeDisk.open(path, how);
    return {
      write: async (bytes, position) => {
        await this.#check(path, bytes.length, (written) => file.write(bytes.subarray(0, written), position));
        await file.write(bytes, position);
      },
      read: (into, position) => file.read(into, position),
      size: () => file.size(),
      truncate: (size) => file.truncate(size),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  }

  list(folder: string): readonly string[] {
    return nodeDisk.list(folder);
  }

  rename(from: string, to: string): Promise<void> {
    return nodeDisk.rename(from, to);
  }

  remove(path: string): Promise<void> {
    return nodeDisk.remove(path);
  }

  syncFolder(folder: string): Promise<void> {
    return nodeDisk.syncFolder(folder);
  }

  async #check(path: string, bytes: number, partly: (written: number) => Promise<void> = async () => undefined): Promise<void> {
    const fault = this.fault(path, bytes);
    if (fault === undefined) return;
    await partly(fault.written);
    throw Object.assign(new Error(`${fault.code}: injected, write`), { code: fault.code });
  }
}
