import { isEqual, isTerminating } from '@keelson/api';
import { ConfigMap, Namespace } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { isStatus, type StatusError } from '@keelson/sdk';
import type { ClusterAuthority } from '@keelson/sdk/auth';
import type { ControllerDeclaration, ReconcileContext } from '@keelson/sdk/controller';

const name = 'kube-root-ca.crt';

/** Shown to users of the map; the wording is the one that they know. */
const description = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

/** Keeps the cluster authority in a config map of every namespace, where the token volumes of pods take it from. */
export function rootCaPublisher(authority: ClusterAuthority): ControllerDeclaration<Namespace> {
  return {
    name: 'root-ca-publisher',
    for: Namespace,
    watches: [{ kind: ConfigMap, enqueue: ({ metadata }: ConfigMap) => (metadata.name === name ? [{ name: metadata.namespace ?? '' }] : []) }],
    concurrency: 5,
    async reconcile(namespace, context) {
      if (isTerminating(namespace) || namespace.status?.phase === 'Terminating') return;
      // A cluster without listener (tests) has no authority; its pods still need the map.
      await publish(namespace.metadata.name, { 'ca.crt': (await authority.certificate()) ?? '' }, context);
    },
  };
}

async function publish(namespace: string, data: Record<string, string>, { api, caches }: ReconcileContext): Promise<void> {
  const present = caches.get(ConfigMap, { namespace, name });
  if (present === undefined) {
    try {
      await api.create(newObject(ConfigMap, { metadata: { name, namespace, annotations: description }, data }));
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists') && !isNamespaceGoing(error)) throw error;
    }
    return;
  }
  const { annotations = {} } = present.metadata;
  if (isEqual(present.data, data) && isEqual({ ...annotations, ...description }, annotations)) return;
  await api.update({ ...present, metadata: { ...present.metadata, annotations: { ...annotations, ...description } }, data });
}

function isNamespaceGoing(error: unknown): boolean {
  if (isStatus(error, 'NotFound')) return true;
  return isStatus(error, 'Forbidden') && ((error as StatusError).details.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');
}
