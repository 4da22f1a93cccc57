import type { Container, Pod, ServiceAccount } from '@keelson/api/core/v1';
import { admissionForbidden, type AdmissionRequest } from '@keelson/sdk/admission';

const annotation = 'kubernetes.io/enforce-mountable-secrets';

/** An account marked so lets its pods use only the secrets that it lists. Throws Forbidden at the first other one. */
export function checkSecretReferences(request: AdmissionRequest, pod: Pod, account: ServiceAccount): void {
  if (!['1', 't', 'T', 'true', 'TRUE', 'True'].includes(account.metadata.annotations?.[annotation] ?? '')) return;
  const why = firstForbidden(pod, account);
  if (why !== undefined) throw admissionForbidden(request, why);
}

function firstForbidden(pod: Pod, account: ServiceAccount): string | undefined {
  const known = new Set((account.secrets ?? []).map((secret) => secret.name ?? ''));
  const who = `because service account ${account.metadata.name} does not reference that secret`;
  for (const { secret } of pod.spec.volumes ?? []) {
    if (secret !== undefined && !known.has(secret.secretName ?? '')) return `volume with secret.secretName="${secret.secretName ?? ''}" is not allowed ${who}`;
  }
  const groups: readonly (readonly [string, readonly Container[]])[] = [
    ['init container', pod.spec.initContainers ?? []],
    ['container', pod.spec.containers],
    ['ephemeral container', (pod.spec.ephemeralContainers ?? []) as readonly Container[]],
  ];
  for (const [what, containers] of groups) {
    for (const container of containers) {
      const bad = forbiddenEnv(container, known);
      if (bad !== undefined) return `${what} ${container.name} with ${bad} is not allowed ${who}`;
    }
  }
  const pull = new Set((account.imagePullSecrets ?? []).map((secret) => secret.name ?? ''));
  const index = (pod.spec.imagePullSecrets ?? []).findIndex((secret) => !pull.has(secret.name ?? ''));
  if (index < 0) return undefined;
  return `imagePullSecrets[${index}].name="${pod.spec.imagePullSecrets?.[index]?.name ?? ''}" is not allowed because service account ${account.metadata.name} does not reference that imagePullSecret`;
}

function forbiddenEnv(container: Container, known: ReadonlySet<string>): string | undefined {
  for (const { name, valueFrom } of container.env ?? []) {
    const secret = valueFrom?.secretKeyRef?.name;
    if (secret !== undefined && !known.has(secret)) return `envVar ${name} referencing secret.secretName="${secret}"`;
  }
  for (const { secretRef } of container.envFrom ?? []) {
    if (secretRef !== undefined && !known.has(secretRef.name ?? '')) return `envFrom referencing secret.secretName="${secretRef.name ?? ''}"`;
  }
  return undefined;
}
