import { objectKey } from '@keelson/api';
import { Pod, type Node, type PodStatus } from '@keelson/api/core/v1';
import { isStatus, type ApiClient, type Cancel, type Clock, type Logger } from '@keelson/sdk';
import type { StatusWriter } from '../status/status-writer.ts';
import { StaticAnnotation } from './annotations.ts';

const retryMs = 5000;

type Report = readonly [build: (known: PodStatus | undefined) => PodStatus, passing: boolean];

interface Entry {
  readonly pod: Pod;
  mirror: Pod | undefined;
  report: Report | undefined;
  retry: Cancel | undefined;
  busy: boolean;
  /** Something changed while it was busy. */
  again: boolean;
}

/**
 * Shows static pods in the API: one object for each, made again when somebody deletes it, deleted with its manifest. The
 * statuses of the static pods are written to them.
 */
export class MirrorPods implements Pick<StatusWriter, 'report' | 'written' | 'forget'> {
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  constructor(
    private readonly api: ApiClient,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly statuses: StatusWriter,
    private readonly owner: () => Node,
  ) {}

  /** A static pod runs here from now on; `seen` is the object that has its name, if there is one. */
  add(pod: Pod, seen: Pod | undefined): void {
    const entry: Entry = { pod, mirror: seen, report: undefined, retry: undefined, busy: false, again: false };
    this.#entries.set(pod.metadata.uid, entry);
    void this.#settle(entry);
  }

  /** A change of a mirror came by watch; undefined: it is gone. */
  observe(name: string, mirror: Pod | undefined): void {
    for (const entry of this.#entries.values()) {
      if (objectKey(entry.pod) !== name) continue;
      entry.mirror = mirror;
      if (mirror !== undefined) this.statuses.observe(mirror);
      void this.#settle(entry);
    }
  }

  /** Deletes a mirror that belongs to no static pod. */
  async remove(mirror: Pod): Promise<void> {
    const { name, namespace, uid } = mirror.metadata;
    try {
      await this.api.delete({ kind: Pod, ref: { name, namespace } }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isStatus(error, 'NotFound') && !isStatus(error, 'Conflict')) this.log.warn('mirror pod could not be deleted', { pod: name, error: String(error) });
    }
  }

  report(pod: Pod, build: (known: PodStatus | undefined) => PodStatus, passing: boolean): void {
    const entry = this.#entries.get(pod.metadata.uid);
    if (entry === undefined) return;
    entry.report = [build, passing];
    if (entry.mirror !== undefined && isOf(entry.mirror, entry.pod)) this.statuses.report(entry.mirror, build, passing);
  }

  written(pod: Pod): Promise<void> {
    const mirror = this.#entries.get(pod.metadata.uid)?.mirror;
    return mirror === undefined ? Promise.resolve() : this.statuses.written(mirror);
  }

  /** The static pod has ended: its mirror goes. */
  forget(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    this.#entries.delete(uid);
    entry.retry?.cancel();
    if (entry.mirror === undefined || this.#closed) return;
    this.statuses.forget(entry.mirror.metadata.uid);
    if (isOf(entry.mirror, entry.pod)) void this.remove(entry.mirror);
  }

  #isGone(entry: Entry): boolean {
    return this.#entries.get(entry.pod.metadata.uid) !== entry;
  }

  close(): void {
    this.#closed = true;
    for (const { retry } of this.#entries.values()) retry?.cancel();
  }

  /** Brings the object nearer to what it should be: there, and of this manifest. */
  async #settle(entry: Entry): Promise<void> {
    entry.again = entry.busy;
    if (entry.busy || this.#closed) return;
    entry.busy = true;
    try {
      const { mirror } = entry;
      if (mirror !== undefined && (!isOf(mirror, entry.pod) || mirror.metadata.deletionTimestamp !== undefined)) await this.remove(mirror);
      else if (mirror === undefined) entry.mirror = await this.api.create(mirrorOf(entry.pod, this.owner()));
      // The static pod may have ended meanwhile.
      if (mirror === undefined && entry.mirror !== undefined && this.#isGone(entry)) await this.remove(entry.mirror);
      else if (mirror === undefined && entry.mirror !== undefined && entry.report !== undefined) this.statuses.report(entry.mirror, ...entry.report);
    } catch (error) {
      if (this.#closed || this.#isGone(entry)) return;
      if (!isStatus(error, 'AlreadyExists')) this.log.warn('mirror pod could not be created, trying again', { pod: entry.pod.metadata.name, error: String(error) });
      entry.retry?.cancel();
      entry.retry = this.clock.after(retryMs, () => void this.#settle(entry));
    } finally {
      entry.busy = false;
      if (entry.again && !this.#isGone(entry)) void this.#settle(entry);
    }
  }
}

function isOf(mirror: Pod, pod: Pod): boolean {
  return mirror.metadata.annotations?.[StaticAnnotation.mirror] === pod.metadata.annotations?.[StaticAnnotation.hash];
}

function mirrorOf(pod: Pod, owner: Node): Pod {
  const { uid, ...metadata } = pod.metadata;
  const { name, uid: ownerUid } = owner.metadata;
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [StaticAnnotation.mirror]: uid },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: ownerUid, controller: true }],
    },
  } as unknown as Pod;
}
