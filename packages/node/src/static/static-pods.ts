import { objectKey } from '@keelson/api';
import type { Node, Pod } from '@keelson/api/core/v1';
import type { ApiClient, Clock, Logger } from '@keelson/sdk';
import type { StatusWriter } from '../status/status-writer.ts';
import { ManifestFolder } from './manifest-folder.ts';
import { MirrorPods } from './mirror-pods.ts';

export interface StaticPodsOptions {
  /** Folder of manifests. */
  readonly path: string;
  readonly nodeName: string;
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly statuses: StatusWriter;
  /** Mirrors that the API server has of this node at the start. */
  readonly mirrors: readonly Pod[];
  node(): Node;
  /** Runs a static pod, with the statuses that it is told of by. */
  start(pod: Pod, statuses: MirrorPods): void;
  end(pod: Pod): void;
}

/** The pods that a node runs by itself: as its folder of manifests says, whether the API server is there or not. */
export class StaticPods {
  readonly #options: StaticPodsOptions;
  readonly #folder: ManifestFolder;
  readonly #mirrors: MirrorPods;
  readonly #seen: Map<string, Pod>;
  readonly #running = new Map<string, Pod>();
  #read = false;

  constructor(options: StaticPodsOptions) {
    const { path, nodeName, clock, log, api, statuses } = options;
    this.#options = options;
    this.#seen = new Map(options.mirrors.map((mirror) => [objectKey(mirror), mirror]));
    this.#mirrors = new MirrorPods(api, clock, log, statuses, options.node);
    this.#folder = new ManifestFolder(path, nodeName, clock, log, (pods) => this.#changed(pods));
  }

  start(): Promise<void> {
    return this.#folder.start();
  }

  async stop(): Promise<void> {
    this.#mirrors.close();
    await this.#folder.stop();
  }

  /** A mirror of this node came, changed or went. */
  observe(mirror: Pod, deleted: boolean): void {
    const key = objectKey(mirror);
    if (deleted) this.#seen.delete(key);
    else this.#seen.set(key, mirror);
    this.#mirrors.observe(key, deleted ? undefined : mirror);
    if (this.#read && !deleted && !this.#running.has(key)) void this.#mirrors.remove(mirror);
  }

  /** A changed manifest is another pod: the old one ends, the new one begins. */
  #changed(pods: readonly Pod[]): void {
    const wanted = new Map(pods.map((pod) => [objectKey(pod), pod]));
    for (const [key, pod] of this.#running) {
      if (wanted.get(key)?.metadata.uid === pod.metadata.uid) continue;
      this.#running.delete(key);
      this.#options.end(pod);
    }
    for (const [key, pod] of wanted) {
      if (this.#running.has(key)) continue;
      this.#running.set(key, pod);
      this.#mirrors.add(pod, this.#seen.get(key));
      this.#options.start(pod, this.#mirrors);
    }
    this.#read = true;
    // Left from manifests that went while no agent was here.
    for (const [key, mirror] of this.#seen) if (!this.#running.has(key)) void this.#mirrors.remove(mirror);
  }
}
