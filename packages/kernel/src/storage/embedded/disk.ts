import { constants, close, fdatasync, ftruncate, mkdirSync, open, readdirSync, read, rename, unlink, write, fsync, fstat } from 'node:fs';

/** One open file. Failures are the system's own errors, with `code`. */
export interface DiskFile {
  /** Writes all bytes; resolves once they are on stable storage if the file was opened `durable`. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Fills `into` as far as the file reaches; returns how many bytes that were. */
  read(into: Uint8Array, position: number): Promise<number>;
  size(): Promise<number>;
  truncate(size: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the embedded driver sees it; tests put one underneath that fails. */
export interface Disk {
  /** `create` truncates; `durable` makes each write wait for stable storage. */
  open(path: string, how: { readonly create?: boolean; readonly durable?: boolean; readonly write?: boolean }): Promise<DiskFile>;
  /** Names in the folder, sorted; makes the folder if need be. */
  list(folder: string): readonly string[];
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in the folder durable. */
  syncFolder(folder: string): Promise<void>;
}

// One system call per batch instead of two. Elsewhere than on Linux O_DSYNC may stop at the drive's cache, where
// libuv's fdatasync asks for more.
const hasDataSync = process.platform === 'linux';

export const nodeDisk: Disk = {
  async open(path, { create = false, durable = false, write: writable = create || durable }) {
    const access = writable ? constants.O_RDWR : constants.O_RDONLY;
    const flags = access | (create ? constants.O_CREAT | constants.O_TRUNC : 0) | (durable && hasDataSync ? constants.O_DSYNC : 0);
    const fd = await call<number>((done) => open(path, flags, 0o600, done));
    return new NodeFile(fd, durable && !hasDataSync);
  },
  list(folder) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return readdirSync(folder).sort();
  },
  rename: (from, to) => call<void>((done) => rename(from, to, done)),
  remove: (path) => call<void>((done) => unlink(path, done)),
  async syncFolder(folder) {
    // Windows cannot open folders; there renames are durable by themselves.
    if (process.platform === 'win32') return;
    const fd = await call<number>((done) => open(folder, constants.O_RDONLY, done));
    try {
      await call<void>((done) => fsync(fd, done));
    } finally {
      await call<void>((done) => close(fd, done));
    }
  },
};

class NodeFile implements DiskFile {
  constructor(
    private readonly fd: number,
    private readonly syncEachWrite: boolean,
  ) {}

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      done += await call<number>((settle) => write(this.fd, bytes, done, bytes.length - done, position + done, settle));
    }
    if (this.syncEachWrite) await this.sync();
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const got = await call<number>((settle) => read(this.fd, into, done, into.length - done, position + done, settle));
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  size(): Promise<number> {
    return call<number>((settle) => fstat(this.fd, (error, stats) => settle(error, stats?.size)));
  }

  truncate(size: number): Promise<void> {
    return call<void>((settle) => ftruncate(this.fd, size, settle));
  }

  sync(): Promise<void> {
    return call<void>((settle) => fdatasync(this.fd, settle));
  }

  close(): Promise<void> {
    return call<void>((settle) => close(this.fd, settle));
  }
}

type Settle<T> = (error: Error | null, value?: T) => void;

// Cheaper than node:fs/promises on the commit path.
function call<T>(start: (settle: Settle<T>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    start((error, value) => (error === null || error === undefined ? resolve(value as T) : reject(error)));
  });
}
