import type { Pod } from '@keelson/api/core/v1';
import { admissionForbidden, type AdmissionRequest } from '@keelson/sdk/admission';

/** True for the image of a static pod that a node agent keeps in the API. */
export function isMirrorPod(pod: Pod): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

/** A static pod runs without the API: it cannot have an account or what the API would have to hand out. */
export function checkMirrorPod(request: AdmissionRequest, pod: Pod): void {
  if ((pod.spec.serviceAccountName ?? '') !== '') throw admissionForbidden(request, 'a mirror pod may not reference service accounts');
  for (const volume of pod.spec.volumes ?? []) {
    const tokens = (volume.projected?.sources ?? []).some((source) => source.serviceAccountToken !== undefined);
    if (tokens) throw admissionForbidden(request, 'a mirror pod may not use ServiceAccountToken volume projections');
  }
  const secrets = (pod.spec.volumes ?? []).some((volume) => volume.secret !== undefined);
  if (secrets) throw admissionForbidden(request, 'a mirror pod may not reference secrets');
}
