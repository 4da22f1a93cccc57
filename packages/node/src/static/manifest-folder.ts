import { watch, type FSWatcher } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '@keelson/api/core/v1';
import type { Cancel, Clock, Logger } from '@keelson/sdk';
import { manifestPod } from './manifest-pod.ts';

/** An editor writes a file in several steps: they are read as one. */
const settleMs = 100;

/** A folder of pod manifests; tells which pods it describes, at first and whenever that changes. */
export class ManifestFolder {
  #watcher: FSWatcher | undefined;
  #timer: Cancel | undefined;
  #reading: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly path: string,
    private readonly nodeName: string,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly changed: (pods: readonly Pod[]) => void,
  ) {}

  /** Resolves when the folder was read once; a folder that is not there is an error. */
  async start(): Promise<void> {
    this.#watcher = watch(this.path, () => {
      if (this.#stopped) return;
      this.#timer?.cancel();
      this.#timer = this.clock.after(settleMs, () => void this.#read());
    });
    this.#watcher.on('error', (error) => this.log.warn('folder of static pods cannot be watched any more', { path: this.path, error: String(error) }));
    await this.#read();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#watcher?.close();
    await this.#reading;
  }

  #read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readAll());
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    const pods = new Map<string, Pod>();
    for (const name of (await readdir(this.path).catch(() => [])).sort()) {
      // What editors leave beside the file is none.
      if (name.startsWith('.') || !/\.(ya?ml|json|manifest)$/.test(name)) continue;
      try {
        const pod = manifestPod(await readFile(join(this.path, name), 'utf8'), name, this.nodeName);
        const key = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
        if (pods.has(key)) this.log.warn('two static pod manifests have one name, the first counts', { file: name, pod: key });
        else pods.set(key, pod);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.log.warn('static pod manifest is left out', { file: name, error: error instanceof Error ? error.message : String(error) });
      }
    }
    if (!this.#stopped) this.changed([...pods.values()]);
  }
}
