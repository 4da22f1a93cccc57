import type { Containers } from './containers.ts';
import type { CriClient } from './cri-client.ts';
import { Annotation, Label, namespacesFrom } from './cri-config.ts';
import type { CriSandbox } from './rpc/cri-types.ts';
import { sandboxStatusOf } from './status-of.ts';

/** Calls at once while an agent looks what there is. */
const atOnce = 16;

/**
 * Fills `known` with all that containerd has of this node, whoever made it. Of a pod with several sandboxes the newest
 * counts; the others are removed, since no agent would.
 */
export async function recoverPods(client: CriClient, nodeName: string, known: Containers): Promise<void> {
  const [sandboxes, containers] = await Promise.all([client.listPodSandboxes({ [Label.node]: nodeName }), client.listContainers({ [Label.node]: nodeName })]);
  const newest = new Map<string, CriSandbox>();
  for (const sandbox of sandboxes) {
    const other = newest.get(sandbox.metadata.uid);
    if (other === undefined || other.metadata.attempt < sandbox.metadata.attempt) newest.set(sandbox.metadata.uid, sandbox);
  }
  await inTurns(sandboxes, async (sandbox) => {
    if (newest.get(sandbox.metadata.uid) === sandbox) return recoverSandbox(client, sandbox, known);
    await client.stopPodSandbox(sandbox.id);
    await client.removePodSandbox(sandbox.id);
  });
  await inTurns(containers, async ({ id, podSandboxId }) => {
    const sandbox = known.sandboxes.get(podSandboxId);
    const status = sandbox === undefined ? undefined : await client.containerStatus(id);
    if (sandbox !== undefined && status !== undefined) known.addContainer(status, podSandboxId, sandbox.status.podUid);
  });
}

async function recoverSandbox(client: CriClient, sandbox: CriSandbox, known: Containers): Promise<void> {
  const { metadata, annotations, labels } = sandbox;
  const status = await client.podSandboxStatus(sandbox.id);
  known.sandboxes.set(sandbox.id, {
    config: {
      podUid: metadata.uid,
      podName: metadata.name,
      podNamespace: metadata.namespace,
      attempt: metadata.attempt,
      hostname: metadata.name,
      labels,
      annotations,
      ...namespacesFrom(annotations[Annotation.namespaces]),
      logDirectory: annotations[Annotation.logDirectory] ?? '',
      cgroupParent: annotations[Annotation.cgroupParent] ?? '',
    },
    status: sandboxStatusOf(status),
    stopping: false,
  });
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += atOnce) await Promise.all(items.slice(at, at + atOnce).map(work));
}
