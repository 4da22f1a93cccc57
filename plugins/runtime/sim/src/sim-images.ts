import { createHash } from 'node:crypto';
import type { ImageStatus } from '@keelson/sdk/runtime';

/** Every image exists, in name: its digest is made from the name, so that it is the same on every node and in every run. */
export class SimImages {
  readonly #known = new Map<string, ImageStatus>();

  of(image: string): ImageStatus {
    let status = this.#known.get(image);
    if (status === undefined) {
      const digest = createHash('sha256').update(image).digest('hex');
      const repository = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
      status = { id: `${repository}@sha256:${digest}`, names: [image], sizeBytes: 10_000_000 + (Number.parseInt(digest.slice(0, 6), 16) % 90_000_000) };
      this.#known.set(image, status);
    }
    return status;
  }
}
