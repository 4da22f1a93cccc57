import type { Container, Pod, ServiceAccount, Volume } from '@keelson/api/core/v1';
import { randomSuffix } from '@keelson/api/names';
import type { Random } from '@keelson/sdk';

/** Where containers find their token, the cluster authority and the name of their namespace. */
export const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

const prefix = 'kube-api-access-';

/** Seconds that a projected token is good for; the odd number tells these tokens from those that users ask for. */
const tokenLifetime = 3607;

/** The pod's own wish counts, then the account's; by default a token is mounted. */
export function wantsToken(pod: Pod, account: ServiceAccount): boolean {
  return pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

/** Mounts the token volume into every container that mounts nothing there yet, and adds the volume if one needs it. */
export function addTokenVolume(pod: Pod, random: Random): void {
  const { volumes = [] } = pod.spec;
  const present = volumes.find(isTokenVolume)?.name;
  const name = present ?? freeName(new Set(volumes.map((volume) => volume.name)), random);
  const mounts = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((container) => addMount(container, name));
  if (present === undefined && mounts.includes(true)) pod.spec.volumes = [...volumes, tokenVolume(name)];
}

/** A volume that an earlier pass of admission, or the copied pod, brought along. */
function isTokenVolume(volume: Volume): boolean {
  return volume.name.startsWith(prefix) && (volume.projected?.sources ?? []).some((source) => source.serviceAccountToken !== undefined);
}

function freeName(taken: ReadonlySet<string>, random: Random): string {
  for (;;) {
    const name = prefix + randomSuffix(5, () => random.next());
    if (!taken.has(name)) return name;
  }
}

function addMount(container: Container, name: string): boolean {
  const mounts = container.volumeMounts ?? [];
  if (mounts.some((mount) => mount.mountPath === mountPath)) return false;
  container.volumeMounts = [...mounts, { name, readOnly: true, mountPath }];
  return true;
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenLifetime, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  };
}
