import type { Container, Pod, SeccompProfile } from '@keelson/api/core/v1';
import { RuntimeFault, type ImageStatus, type SecurityConfig } from '@keelson/sdk/runtime';

/** Privileges of the sandbox: what the pod says for all of its containers. */
export function sandboxSecurity({ spec }: Pod): SecurityConfig {
  const pod = spec.securityContext;
  // The sandbox of a privileged container must not be narrower than it.
  const privileged = [...(spec.initContainers ?? []), ...spec.containers].some(({ securityContext }) => securityContext?.privileged === true);
  return defined({
    privileged: privileged ? true : undefined,
    runAsUser: pod?.runAsUser,
    runAsGroup: pod?.runAsUser === undefined ? undefined : pod.runAsGroup,
    supplementalGroups: groupsOf(spec),
    seccomp: seccompOf(pod?.seccompProfile),
  });
}

/** Privileges of a container: its own words, then the pod's. Throws a `RuntimeFault` of kind `config` when it would break `runAsNonRoot`. */
export function containerSecurity(pod: Pod, container: Container, image: ImageStatus, mounts: boolean): SecurityConfig {
  const own = container.securityContext;
  const all = pod.spec.securityContext;
  const runAsUser = own?.runAsUser ?? all?.runAsUser;
  if (own?.runAsNonRoot ?? all?.runAsNonRoot ?? false) checkNonRoot(pod, container, runAsUser, image, mounts);
  const privileged = own?.privileged === true;
  const escalates = privileged || (own?.capabilities?.add ?? []).some((name) => ['SYS_ADMIN', 'CAP_SYS_ADMIN'].includes(name));
  return defined({
    privileged: privileged ? true : undefined,
    runAsUser,
    runAsGroup: own?.runAsGroup ?? all?.runAsGroup,
    supplementalGroups: groupsOf(pod.spec),
    readOnlyRootFilesystem: own?.readOnlyRootFilesystem,
    noNewPrivileges: own?.allowPrivilegeEscalation === false && !escalates ? true : undefined,
    addCapabilities: own?.capabilities?.add,
    dropCapabilities: own?.capabilities?.drop,
    seccomp: privileged ? { type: 'unconfined' as const } : seccompOf(own?.seccompProfile ?? all?.seccompProfile),
    maskedPaths: own?.procMount === 'Unmasked' || privileged ? ('unmasked' as const) : undefined,
  });
}

function groupsOf({ securityContext }: Pod['spec']): readonly number[] | undefined {
  const groups = [...(securityContext?.fsGroup === undefined ? [] : [securityContext.fsGroup]), ...(securityContext?.supplementalGroups ?? [])];
  return groups.length === 0 ? undefined : groups;
}

function seccompOf(profile: SeccompProfile | undefined): SecurityConfig['seccomp'] | undefined {
  if (profile === undefined) return undefined;
  if (profile.type === 'Localhost') return { type: 'localhost', profile: profile.localhostProfile ?? '' };
  return { type: profile.type === 'Unconfined' ? 'unconfined' : 'runtime-default' };
}

/** A runtime without real containers knows nothing of users: only what the pod itself says is checked there. */
function checkNonRoot(pod: Pod, { name }: Container, runAsUser: number | undefined, { uid, username }: ImageStatus, mounts: boolean): void {
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid})", container: ${name})`;
  if (runAsUser !== undefined) {
    if (runAsUser === 0) throw new RuntimeFault('config', `container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  if (uid === undefined && username !== undefined && username !== '') throw new RuntimeFault('config', `container has runAsNonRoot and image has non-numeric user (${username}), cannot verify user is non-root ${where}`);
  if ((uid ?? (mounts ? 0 : 1)) === 0) throw new RuntimeFault('config', `container has runAsNonRoot and image will run as root ${where}`);
}

function defined(config: { readonly [K in keyof SecurityConfig]: SecurityConfig[K] | undefined }): SecurityConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as SecurityConfig;
}
