import { statfs } from 'node:fs/promises';
import type { Logger } from '@keelson/sdk';
import type { ContainerRuntime, ImageStatus } from '@keelson/sdk/runtime';

export interface ImageLimits {
  /** Share of the disk in percent above which images are removed, and below which that stops. */
  readonly highPercent: number;
  readonly lowPercent: number;
  /** Images seen for a shorter time are left alone, milliseconds. */
  readonly minAgeMs: number;
}

/** Removes images that no pod uses when the disk fills up: those first that have been unused for longest. */
export class ImageCollector {
  readonly #firstSeen = new Map<string, number>();
  readonly #lastUsed = new Map<string, number>();

  constructor(
    private readonly runtime: ContainerRuntime,
    private readonly limits: ImageLimits,
    private readonly log: Logger,
    private readonly used: () => Promise<{ readonly bytes: number; readonly of: number }>,
  ) {}

  /** One look; `inUse` are ids of images that containers run. Resolves to the ids that it removed. */
  async collect(inUse: ReadonlySet<string>, now: number): Promise<readonly string[]> {
    const images = (await this.runtime.listImages?.()) ?? [];
    const present = new Set(images.map(({ id }) => id));
    for (const id of [...this.#firstSeen.keys()]) if (!present.has(id)) this.#forget(id);
    for (const { id } of images) {
      if (!this.#firstSeen.has(id)) this.#firstSeen.set(id, now);
      if (inUse.has(id)) this.#lastUsed.set(id, now);
    }
    const { bytes, of } = await this.used();
    if (of === 0 || (100 * bytes) / of < this.limits.highPercent) return [];
    return this.#free(images, inUse, now, bytes - (of * this.limits.lowPercent) / 100);
  }

  async #free(images: readonly ImageStatus[], inUse: ReadonlySet<string>, now: number, wanted: number): Promise<readonly string[]> {
    const unused = images.filter(({ id }) => !inUse.has(id) && now - (this.#firstSeen.get(id) ?? now) >= this.limits.minAgeMs);
    const age = ({ id }: ImageStatus): number => this.#lastUsed.get(id) ?? this.#firstSeen.get(id) ?? now;
    const removed: string[] = [];
    let freed = 0;
    for (const image of unused.sort((a, b) => age(a) - age(b))) {
      if (freed >= wanted) break;
      try {
        await this.runtime.removeImage?.(image.id);
        freed += image.sizeBytes;
        removed.push(image.id);
        this.#forget(image.id);
      } catch (error) {
        this.log.warn('image could not be removed', { image: image.names[0] ?? image.id, error: String(error) });
      }
    }
    return removed;
  }

  #forget(id: string): void {
    this.#firstSeen.delete(id);
    this.#lastUsed.delete(id);
  }
}

/** How full the disk of a folder is, bytes. */
export async function diskUse(folder: string): Promise<{ readonly bytes: number; readonly of: number }> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return { bytes: (blocks - bavail) * bsize, of: blocks * bsize };
}
