import type { Cancel } from '@keelson/sdk';
import { join } from 'node:path';
import type { AgentSettings } from '../agent-settings.ts';
import { ImageCollector, diskUse } from '../host/image-collector.ts';
import { rotateLog } from '../logs/rotate-logs.ts';
import type { NodeTools } from '../pod/node-tools.ts';
import type { PodState } from '../pod/pod-state.ts';
import { slotsOf } from '../pod/pod-state.ts';

/** Upstream's periods. A size of a file or of a disk tells nobody when it is too large: these are looked at. */
const logEveryMs = 10_000;
const imagesEveryMs = 5 * 60_000;
const imageMinAgeMs = 2 * 60_000;

/** Keeps the logs of a node's containers and its images from filling the disk. */
export class Housekeeping {
  readonly #tools: NodeTools;
  readonly #pods: Iterable<{ readonly state: PodState }>;
  readonly #settings: AgentSettings;
  readonly #images: ImageCollector;
  readonly #timers = new Set<Cancel>();
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(tools: NodeTools, pods: Iterable<{ readonly state: PodState }>, settings: AgentSettings) {
    this.#tools = tools;
    this.#pods = pods;
    this.#settings = settings;
    const limits = { highPercent: settings.imageGcHighPercent, lowPercent: settings.imageGcLowPercent, minAgeMs: imageMinAgeMs };
    this.#images = new ImageCollector(tools.runtime, limits, tools.log, () => diskUse(tools.host?.directories.root ?? '/'));
    this.#repeat(logEveryMs, () => this.#rotate());
    this.#repeat(imagesEveryMs, () => this.#collect());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    await this.#work;
  }

  #repeat(everyMs: number, work: () => Promise<void>): void {
    if (this.#stopped) return;
    const timer = this.#tools.clock.after(everyMs, () => {
      this.#timers.delete(timer);
      this.#work = this.#work.then(work).catch((error: unknown) => this.#tools.log.warn('housekeeping failed, the next round is due soon', { error: String(error) }));
      void this.#work.then(() => this.#repeat(everyMs, work));
    });
    this.#timers.add(timer);
  }

  async #rotate(): Promise<void> {
    const { runtime, host, clock } = this.#tools;
    if (runtime.reopenLog === undefined || host === undefined) return;
    const stamp = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'UTC' }).format(clock.now()).replace(/[-:]/g, '').replace(' ', '-');
    for (const { state } of this.#pods) {
      for (const { spec, id, running, created } of slotsOf(state)) {
        if (!running || id === undefined) continue;
        const path = join(host.directories.logDirectory(state.pod), spec.name, `${created - 1}.log`);
        await rotateLog(path, { maxBytes: this.#settings.logMaxBytes, maxFiles: this.#settings.logMaxFiles }, stamp, async () => runtime.reopenLog?.(id));
      }
    }
  }

  async #collect(): Promise<void> {
    const inUse = new Set([...this.#pods].flatMap(({ state }) => slotsOf(state).map(({ imageId }) => imageId)));
    await this.#images.collect(inUse, this.#tools.clock.now());
  }
}
