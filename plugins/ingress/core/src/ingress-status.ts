import { Node } from '@keelson/api/core/v1';
import { Ingress } from '@keelson/api/networking/v1';
import type { InformerFactory } from '@keelson/client';
import { isStatus, type ApiClient, type Logger, type ObjectRef } from '@keelson/sdk';

type Address = { readonly ip?: string; readonly hostname?: string };

const tries = 8;

/** Writes where an Ingress is served into its status: each instance its own addresses, and takes those of lost nodes out. */
export class IngressStatus {
  constructor(
    private readonly api: ApiClient,
    private readonly informers: InformerFactory,
    private readonly log: Logger,
  ) {}

  /** Resolves when nodes are known. */
  async start(changed: () => void): Promise<void> {
    const nodes = this.informers.use(Node).informer;
    await nodes.synced;
    nodes.onChange(({ type, object, previous }) => {
      if (type === 'deleted' || (previous !== undefined && isReady(previous) !== isReady(object))) changed();
    });
  }

  /** Adds `own`, or with an empty list takes `former` away. Never rejects: the next change tries again. */
  async write(ref: ObjectRef, own: readonly Address[], former: readonly Address[] = []): Promise<void> {
    try {
      for (let left = tries; left > 0; left--) {
        const ingress = await this.api.get(Ingress, ref);
        if (ingress === undefined || ingress.metadata.deletionTimestamp !== undefined) return;
        const present = (ingress.status?.loadBalancer?.ingress ?? []) as readonly Address[];
        const wanted = this.#merged(present, own, former);
        if (JSON.stringify(wanted) === JSON.stringify(present)) return;
        try {
          await this.api.updateStatus({ ...ingress, status: { ...ingress.status, loadBalancer: { ingress: wanted } } } as Ingress);
          return;
        } catch (error) {
          if (!isStatus(error, 'Conflict')) throw error;
        }
      }
    } catch (error) {
      this.log.warn('status of an ingress could not be written', { ingress: `${ref.namespace}/${ref.name}`, error: error instanceof Error ? error.message : String(error) });
    }
  }

  #merged(present: readonly Address[], own: readonly Address[], former: readonly Address[]): readonly Address[] {
    const ready = new Set(this.informers.use(Node).informer.store.list().filter(isReady).flatMap((node) => (node.status?.addresses ?? []).map(({ address }) => address)));
    const mine = new Set([...own, ...former].map(textOf));
    const others = present.filter((address) => !mine.has(textOf(address)) && ready.has(textOf(address)));
    return [...others, ...own].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  }
}

function textOf({ ip, hostname }: Address): string {
  return ip ?? hostname ?? '';
}

function isReady({ status }: Node): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
}
