import type { Pod, Volume } from '@keelson/api/core/v1';
import type { Cancel, Clock, Logger } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import type { MountedVolume, VolumeDisk, VolumeDriver, VolumeMountRequest, VolumeSources } from '@keelson/sdk/volumes';
import type { ObjectWatches } from './object-watches.ts';
import type { PodDirectories } from './pod-directories.ts';
import { recording } from './volume-sources.ts';

/** Upstream's pauses between tries of one volume, milliseconds. */
const firstRetryMs = 500;
const mostRetryMs = 122_000;

/** What the volumes of one node's pods work with. */
export interface VolumeTools {
  readonly drivers: Iterable<VolumeDriver>;
  /** Absent: the runtime takes no mounts, nothing is written. */
  readonly disk: VolumeDisk | undefined;
  readonly directories: PodDirectories;
  readonly watches: ObjectWatches;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly log: Logger;
  sources(): VolumeSources;
}

interface Entry {
  readonly volume: Volume;
  mounted: MountedVolume | undefined;
  watches: (() => void)[];
  timer: Cancel | undefined;
  failures: number;
  /** Wall time before which it is not tried again, unless one of its objects changes. */
  retryAt: number;
  /** A refresh is under way; another one is due after it. */
  refreshing: boolean;
  stale: boolean;
}

/** The volumes of one pod: made before its sandbox, kept up to date while it lives, removed after it. */
export class PodVolumes {
  readonly #tools: VolumeTools;
  readonly #entries = new Map<string, Entry>();
  readonly #sources: VolumeSources;
  readonly #wake: () => void;
  readonly #closing = new AbortController();
  #pod: Pod;
  #ready = false;

  /** `wake`: something that was missing may be there now. */
  constructor(pod: Pod, tools: VolumeTools, wake: () => void) {
    this.#pod = pod;
    this.#tools = tools;
    this.#sources = tools.sources();
    this.#wake = wake;
    for (const volume of pod.spec.volumes ?? []) {
      this.#entries.set(volume.name, { volume, mounted: undefined, watches: [], timer: undefined, failures: 0, retryAt: 0, refreshing: false, stale: false });
    }
  }

  /** Every volume is mounted. */
  get ready(): boolean {
    return this.#ready;
  }

  /** What a container mounts for a volume; undefined for one that is not there. */
  pathOf(name: string): string | undefined {
    return this.#entries.get(name)?.mounted?.hostPath;
  }

  /** Mounts what is not mounted yet. Undefined when all is, else the wall time of the next try. */
  async ensure(signal: AbortSignal): Promise<number | undefined> {
    if (this.#ready) return undefined;
    const missing = [...this.#entries.values()].filter(({ mounted }) => mounted === undefined);
    await Promise.all(missing.filter(({ retryAt }) => retryAt <= this.#tools.clock.now()).map((entry) => this.#mount(entry, signal)));
    signal.throwIfAborted();
    const left = missing.filter(({ mounted }) => mounted === undefined);
    if (left.length > 0) return Math.min(...left.map(({ retryAt }) => retryAt));
    this.#ready = true;
    return undefined;
  }

  /** A new state of the pod, which fields of it may show. */
  update(pod: Pod): void {
    const before = this.#pod.metadata;
    this.#pod = pod;
    const same = before.labels === pod.metadata.labels && before.annotations === pod.metadata.annotations;
    if (same || this.#tools.disk === undefined) return;
    for (const entry of this.#entries.values()) {
      const { downwardAPI, projected } = entry.volume;
      if (downwardAPI !== undefined || (projected?.sources ?? []).some((source) => source.downwardAPI !== undefined)) this.#refresh(entry);
    }
  }

  /** Removes everything; what cannot be removed now is left for the clean-up of folders of pods that are gone. */
  async unmount(): Promise<void> {
    const { disk, directories, log } = this.#tools;
    this.close();
    if (disk === undefined) return;
    const { uid } = this.#pod.metadata;
    for (const { volume } of this.#entries.values()) {
      const driver = this.#driver(volume);
      if (driver === undefined) continue;
      const directory = directories.volume(uid, driver.field, volume.name);
      await driver.unmount({ podUid: uid, volumeName: volume.name, directory, disk }).catch((error: unknown) => log.warn('volume could not be removed', { volume: volume.name, error: String(error) }));
    }
  }

  /** Follows nothing any more; what is mounted stays. */
  close(): void {
    this.#closing.abort(new Error('the volumes are let go of'));
    for (const entry of this.#entries.values()) this.#forget(entry);
    this.#ready = false;
  }

  async #mount(entry: Entry, signal: AbortSignal): Promise<void> {
    const { disk } = this.#tools;
    const driver = this.#driver(entry.volume);
    if (driver === undefined) {
      // A type that nobody makes: where nothing is mounted at all, it makes no difference.
      if (disk === undefined) entry.mounted = { hostPath: '' };
      else this.#failed(entry, new Error('no volume plugin matched'));
      return;
    }
    const read = new Map<string, string | undefined>();
    try {
      const mounted = await driver.mount(this.#request(entry.volume, driver, read, signal));
      if (this.#closing.signal.aborted) return;
      this.#mounted(entry, mounted, read);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#closing.signal.aborted) return;
      this.#failed(entry, error);
      this.#watch(entry, read, () => {
        entry.retryAt = 0;
        this.#wake();
      });
    }
  }

  #mounted(entry: Entry, mounted: MountedVolume, read: ReadonlyMap<string, string | undefined>): void {
    this.#forget(entry);
    entry.mounted = mounted;
    entry.failures = 0;
    if (this.#tools.disk === undefined || mounted.live !== true) return;
    const all = new Map(read);
    for (const key of mounted.watches ?? []) if (!all.has(key)) all.set(key, undefined);
    this.#watch(entry, all, () => this.#refresh(entry));
    if (mounted.refreshAfter !== undefined) this.#refreshIn(entry, mounted.refreshAfter - this.#tools.clock.now());
  }

  #refreshIn(entry: Entry, ms: number): void {
    entry.timer?.cancel();
    entry.timer = this.#tools.clock.after(Math.max(0, ms), () => this.#refresh(entry));
  }

  #refresh(entry: Entry): void {
    if (entry.mounted === undefined || this.#closing.signal.aborted) return;
    entry.stale = true;
    if (entry.refreshing) return;
    entry.refreshing = true;
    void this.#refreshUntilFresh(entry).finally(() => (entry.refreshing = false));
  }

  async #refreshUntilFresh(entry: Entry): Promise<void> {
    const driver = this.#driver(entry.volume);
    while (entry.stale && driver !== undefined && !this.#closing.signal.aborted) {
      entry.stale = false;
      const read = new Map<string, string | undefined>();
      try {
        const mounted = await driver.mount(this.#request(entry.volume, driver, read, this.#closing.signal));
        if (!this.#closing.signal.aborted) this.#mounted(entry, mounted, read);
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.#failed(entry, error);
        this.#watch(entry, read, () => this.#refresh(entry));
        this.#refreshIn(entry, entry.retryAt - this.#tools.clock.now());
      }
    }
  }

  #failed(entry: Entry, error: unknown): void {
    const { clock, events } = this.#tools;
    const message = error instanceof Error ? error.message : String(error);
    entry.retryAt = clock.now() + Math.min(mostRetryMs, firstRetryMs * 2 ** Math.min(12, entry.failures));
    entry.failures++;
    events.record(this.#pod, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${entry.volume.name}" : ${message}`);
  }

  #watch(entry: Entry, read: ReadonlyMap<string, string | undefined>, changed: () => void): void {
    const before = entry.watches;
    // The new watches come first: one that stays is shared and need not be opened again.
    entry.watches = [...read].map(([key, known]) => this.#tools.watches.watch(key, known, changed));
    for (const stop of before) stop();
  }

  #forget(entry: Entry): void {
    for (const stop of entry.watches.splice(0)) stop();
    entry.timer?.cancel();
    entry.timer = undefined;
  }

  #request(volume: Volume, driver: VolumeDriver, read: Map<string, string | undefined>, signal: AbortSignal): VolumeMountRequest {
    const { disk, directories } = this.#tools;
    return {
      pod: this.#pod,
      volume,
      directory: directories.volume(this.#pod.metadata.uid, driver.field, volume.name),
      sources: recording(this.#sources, read),
      fsGroup: this.#pod.spec.securityContext?.fsGroup,
      signal,
      ...(disk === undefined ? {} : { disk }),
    };
  }

  #driver(volume: Volume): VolumeDriver | undefined {
    for (const driver of this.#tools.drivers) if (volume[driver.field] !== undefined) return driver;
    return undefined;
  }
}
