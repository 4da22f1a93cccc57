import { Node } from '@keelson/api/core/v1';
import { newObject, type InformerFactory } from '@keelson/client';
import { isStatus, type ApiClient } from '@keelson/sdk';
import { nodeConditions } from './node-object.ts';

/** The pod range that the cluster gives this node: makes the Node, not ready yet, and waits for `spec.podCIDR`. */
export async function obtainPodCidr(api: ApiClient, informers: InformerFactory, name: string, now: number, create: boolean): Promise<string> {
  if (create) {
    const fault = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: the node has no spec.podCIDR yet';
    const status = { conditions: nodeConditions(undefined, now, { fault, pressures: new Set() }) };
    try {
      await api.create(newObject(Node, { metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: {}, status } as never));
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
  }
  const { informer, release } = informers.use(Node, { fieldSelector: `metadata.name=${name}` });
  try {
    const range = (): string => informer.get({ name })?.spec?.podCIDR ?? '';
    await informer.waitUntil(() => range() !== '');
    return range();
  } finally {
    release();
  }
}
