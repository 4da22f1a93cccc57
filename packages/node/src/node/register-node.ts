import { Node } from '@keelson/api/core/v1';
import { isStatus, type ApiClient } from '@keelson/sdk';
import type { RuntimeInfo } from '@keelson/sdk/runtime';
import { nodeLabels, nodeObject, nodeStatus, nodeConditions, type NodeIdentity } from './node-object.ts';

/** Creates the Node, or brings one that is there already (a restart) up to date. Resolves to the stored object. */
export async function registerNode(api: ApiClient, identity: NodeIdentity, runtime: RuntimeInfo, now: number): Promise<Node> {
  const wanted = nodeObject(identity, runtime, now);
  try {
    const created = await api.create(wanted);
    // A server may drop the status of a create, as it does for most kinds.
    return created.status?.conditions === undefined ? await writeStatus(api, created, identity, runtime, now) : created;
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists')) throw error;
  }
  const labelled = await api.patch(Node, { name: identity.name }, { type: 'strategic', body: { metadata: { labels: nodeLabels(identity, runtime) } } });
  return writeStatus(api, labelled, identity, runtime, now);
}

async function writeStatus(api: ApiClient, known: Node, identity: NodeIdentity, runtime: RuntimeInfo, now: number): Promise<Node> {
  const status = { ...nodeStatus(identity, runtime, now), conditions: nodeConditions(known, now) };
  return api.patch(Node, { name: identity.name }, { type: 'strategic', body: { status } }, { subresource: 'status' });
}
