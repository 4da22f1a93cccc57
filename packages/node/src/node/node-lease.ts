import { Lease } from '@keelson/api/coordination/v1';
import type { Node } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { formatMicroTime } from '@keelson/api/time';
import { isStatus, type ApiClient } from '@keelson/sdk';

const namespace = 'kube-node-lease';

/** The Lease by which one node shows that its agent lives. */
export class NodeLease {
  #lease: Lease | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly node: Node,
    private readonly durationSeconds: number,
  ) {}

  /** Renews, and creates or reads the Lease where needed; rejects when the API server cannot be reached. */
  async renew(now: number): Promise<void> {
    const renewTime = formatMicroTime(now);
    try {
      this.#lease = this.#lease === undefined ? await this.#obtain(renewTime) : await this.api.update({ ...this.#lease, spec: { ...this.#lease.spec, renewTime } });
    } catch (error) {
      this.#lease = undefined;
      if (!isStatus(error, 'Conflict') && !isStatus(error, 'NotFound')) throw error;
      this.#lease = await this.#obtain(renewTime);
    }
  }

  async #obtain(renewTime: string): Promise<Lease> {
    const { name, uid } = this.node.metadata;
    const spec = { holderIdentity: name, leaseDurationSeconds: this.durationSeconds, renewTime };
    const found = await this.api.get(Lease, { namespace, name });
    if (found !== undefined) return this.api.update({ ...found, spec: { ...found.spec, ...spec } });
    return this.api.create(
      newObject(Lease, { metadata: { namespace, name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] }, spec }),
    );
  }
}
