import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment, AttachmentResult } from '@keelson/sdk/cni';

/** What is known of an attachment that was added. */
export interface CachedResult {
  readonly containerId: string;
  readonly ifName: string;
  readonly node: Attachment['node'];
  readonly result: AttachmentResult;
}

/** Results of `add`, one file each, until `del`: an agent that restarts knows what it joined (CNI specification, section 3). */
export class ResultCache {
  #isMade: Promise<unknown> | undefined;

  constructor(private readonly folder: string) {}

  async keep({ containerId, ifName, node }: Attachment, result: AttachmentResult): Promise<void> {
    this.#isMade ??= mkdir(this.folder, { recursive: true });
    await this.#isMade;
    const path = this.#path(containerId, ifName);
    await writeFile(`${path}.new`, JSON.stringify({ containerId, ifName, node, result } satisfies CachedResult));
    await rename(`${path}.new`, path);
  }

  async find({ containerId, ifName }: Pick<Attachment, 'containerId' | 'ifName'>): Promise<CachedResult | undefined> {
    return readResult(this.#path(containerId, ifName));
  }

  async forget({ containerId, ifName }: Pick<Attachment, 'containerId' | 'ifName'>): Promise<void> {
    await rm(this.#path(containerId, ifName), { force: true });
  }

  async retainOnly(live: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const cached = await readResult(join(this.folder, name));
      if (cached !== undefined && !live.has(cached.containerId)) await rm(join(this.folder, name), { force: true });
    }
  }

  #path(containerId: string, ifName: string): string {
    return join(this.folder, `${encodeURIComponent(containerId)}-${encodeURIComponent(ifName)}.json`);
  }
}

/** Undefined where there is none, or none that can be read. */
async function readResult(path: string): Promise<CachedResult | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as CachedResult;
  } catch {
    return undefined;
  }
}
