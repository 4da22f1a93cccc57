import { Node } from '@keelson/api/core/v1';
import { isStatus, type ApiClient } from '@keelson/sdk';
import type { RuntimeInfo } from '@keelson/sdk/runtime';
import { nodeLabels, nodeObject, nodeStatus, nodeConditions, noFaults, type NodeFacts, type NodeIdentity } from './node-object.ts';

export interface RegisterOptions {
  /** What its conditions say at first; default: nothing is wrong. */
  readonly facts?: NodeFacts;
  /** False: somebody else makes the object; it must be there. Default true. */
  readonly create?: boolean;
}

/** Creates the Node, or brings one that is there already (a restart) up to date. Resolves to the stored object. */
export async function registerNode(api: ApiClient, identity: NodeIdentity, runtime: RuntimeInfo, now: number, { facts = noFaults, create = true }: RegisterOptions = {}): Promise<Node> {
  const wanted = nodeObject(identity, runtime, now, facts);
  if (create) {
    try {
      const created = await api.create(wanted);
      // A server may drop the status of a create, as it does for most kinds.
      return created.status?.conditions === undefined ? await writeStatus(api, created, identity, runtime, now, facts) : created;
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
  }
  const labelled = await api.patch(Node, { name: identity.name }, { type: 'strategic', body: { metadata: { labels: nodeLabels(identity, runtime) } } });
  return writeStatus(api, labelled, identity, runtime, now, facts);
}

async function writeStatus(api: ApiClient, known: Node, identity: NodeIdentity, runtime: RuntimeInfo, now: number, facts: NodeFacts): Promise<Node> {
  const status = { ...nodeStatus(identity, runtime, now, facts), conditions: nodeConditions(known, now, facts) };
  return api.patch(Node, { name: identity.name }, { type: 'strategic', body: { status } }, { subresource: 'status' });
}
