import { Pod, ServiceAccount } from '@keelson/api/core/v1';
import type { Clock, Random } from '@keelson/sdk';
import { admissionForbidden, type AdmissionHandler, type AdmissionLookup, type AdmissionRequest } from '@keelson/sdk/admission';
import { addTokenVolume, wantsToken } from './api-token-volume.ts';
import { checkMirrorPod, isMirrorPod } from './mirror-pod.ts';
import { checkSecretReferences } from './secret-references.ts';

/** What the handler works with. */
export interface ServiceAccountAdmissionOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How long a pod waits for the default account of a new namespace, milliseconds. */
  readonly defaultWait: number;
}

/** Gives pods their service account and what comes with it; the account must exist. */
export function serviceAccountAdmission(options: ServiceAccountAdmissionOptions): AdmissionHandler {
  return {
    name: 'service-account',
    handles: { operations: ['CREATE', 'UPDATE'], kinds: [Pod], subresources: ['', 'ephemeralcontainers'] },
    async mutate(request, lookup) {
      if (request.operation === 'CREATE' && request.subresource === '') await admit(request as AdmissionRequest<Pod>, lookup, options);
    },
    validate(request, lookup) {
      const pod = request.object as Pod;
      if (request.operation === 'CREATE' && isMirrorPod(pod)) return checkMirrorPod(request, pod);
      const account = lookup.get(ServiceAccount, refOf(request, pod));
      if (account !== undefined && (request.operation === 'CREATE' || request.subresource === 'ephemeralcontainers')) checkSecretReferences(request, pod, account);
    },
  };
}

async function admit(request: AdmissionRequest<Pod>, lookup: AdmissionLookup, options: ServiceAccountAdmissionOptions): Promise<void> {
  const pod = request.object!;
  if (isMirrorPod(pod)) return;
  pod.spec.serviceAccountName ||= 'default';
  pod.spec.serviceAccount = pod.spec.serviceAccountName;
  const account = await accountOf(request, pod, lookup, options);
  if (wantsToken(pod, account)) addTokenVolume(pod, options.random);
  if ((pod.spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0) {
    pod.spec.imagePullSecrets = account.imagePullSecrets!.map((secret) => ({ ...secret }));
  }
}

function refOf(request: AdmissionRequest, pod: Pod) {
  return { namespace: request.namespace, name: pod.spec.serviceAccountName || 'default' };
}

/** The default account of a new namespace comes a moment after the namespace itself: only that one is waited for. */
async function accountOf(request: AdmissionRequest, pod: Pod, lookup: AdmissionLookup, { clock, defaultWait }: ServiceAccountAdmissionOptions): Promise<ServiceAccount> {
  const ref = refOf(request, pod);
  let account = lookup.get(ServiceAccount, ref);
  if (account === undefined && ref.name === 'default' && defaultWait > 0) {
    const over = new AbortController();
    const timer = clock.after(defaultWait, () => over.abort());
    account = await lookup.whenPresent(ServiceAccount, ref, over.signal);
    timer.cancel();
  }
  if (account !== undefined) return account;
  throw admissionForbidden(request, `error looking up service account ${ref.namespace ?? ''}/${ref.name}: serviceaccount "${ref.name}" not found`);
}
