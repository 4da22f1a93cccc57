import type { ContainerConfig, MountConfig, SandboxConfig, SecurityConfig } from '@keelson/sdk/runtime';

/** Labels and annotations by which kubelets and their tools (`crictl`) know pods; ours keep to them. */
export const Label = Object.freeze({
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
  /** Which agent's pod it is: several nodes may share one containerd. */
  node: 'io.keelson.node',
});

/** Annotations that carry what a later agent has to know. */
export const Annotation = Object.freeze({
  cgroupParent: 'io.keelson.cgroup-parent',
  logDirectory: 'io.keelson.log-directory',
  /** Words of `namespaceWords`. */
  namespaces: 'io.keelson.namespaces',
  image: 'io.keelson.image',
  restartCount: 'io.kubernetes.container.restartCount',
});

/** What upstream hides in containers that are not privileged. */
const maskedPaths = [
  '/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list', '/proc/timer_stats', '/proc/sched_debug',
  '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

const propagations = { private: 'PROPAGATION_PRIVATE', 'host-to-container': 'PROPAGATION_HOST_TO_CONTAINER', bidirectional: 'PROPAGATION_BIDIRECTIONAL' } as const;

/** A sandbox with what the runtime fills in where the agent left it open. */
export interface PlacedSandbox extends SandboxConfig {
  readonly logDirectory: string;
  readonly cgroupParent: string;
}

/** CRI's `PodSandboxConfig`. */
export function criSandboxConfig(config: PlacedSandbox, nodeName: string): object {
  const { podName, podUid, podNamespace, attempt, dns, portMappings, security = {} } = config;
  return {
    metadata: { name: podName, uid: podUid, namespace: podNamespace, attempt },
    // Pods on the host's network have the host's name.
    hostname: config.hostNetwork ? '' : config.hostname,
    logDirectory: config.logDirectory,
    ...(dns === undefined ? {} : { dnsConfig: { servers: dns.servers, searches: dns.searches, options: dns.options } }),
    portMappings: (portMappings ?? []).map(({ protocol, containerPort, hostPort, hostIp }) => ({ protocol, containerPort, hostPort, hostIp: hostIp ?? '' })),
    labels: { ...config.labels, [Label.podName]: podName, [Label.podNamespace]: podNamespace, [Label.podUid]: podUid, [Label.node]: nodeName },
    annotations: { ...config.annotations, [Annotation.cgroupParent]: config.cgroupParent, [Annotation.logDirectory]: config.logDirectory, [Annotation.namespaces]: namespaceWords(config) },
    linux: {
      cgroupParent: config.cgroupParent,
      sysctls: { ...config.sysctls },
      securityContext: {
        namespaceOptions: namespacesOf(config),
        privileged: security.privileged === true,
        readonlyRootfs: security.readOnlyRootFilesystem === true,
        ...identityOf(security),
        seccomp: seccompOf(security),
      },
    },
  };
}

/** The user that an image runs as. */
export interface ImageUser {
  readonly uid: { readonly value: number } | null;
  readonly username: string;
}

/** CRI's `ContainerConfig`; `user` decides where the configuration names a group only. */
export function criContainerConfig(config: ContainerConfig, { sandbox, nodeName, user }: { readonly sandbox: PlacedSandbox; readonly nodeName: string; readonly user?: ImageUser | undefined }): object {
  const { resources, security = {} } = config;
  const privileged = security.privileged === true;
  const unmasked = privileged || security.maskedPaths === 'unmasked';
  return {
    metadata: { name: config.name, attempt: config.attempt },
    image: { image: config.imageId },
    command: config.command,
    args: config.args,
    workingDir: config.workingDir ?? '',
    envs: config.env.map(({ name, value }) => ({ key: name, value })),
    mounts: (config.mounts ?? []).map(mountOf),
    labels: {
      ...config.labels,
      [Label.containerName]: config.name, [Label.podName]: sandbox.podName, [Label.podNamespace]: sandbox.podNamespace, [Label.podUid]: sandbox.podUid, [Label.node]: nodeName,
    },
    annotations: { ...config.annotations, [Annotation.restartCount]: String(config.attempt), [Annotation.image]: config.image },
    logPath: logPathOf(config),
    stdin: config.stdin,
    stdinOnce: config.stdinOnce === true,
    tty: config.tty,
    linux: {
      resources: {
        cpuShares: resources?.cpuShares ?? 0,
        cpuQuota: resources?.cpuQuota ?? 0,
        cpuPeriod: resources?.cpuPeriod ?? 0,
        memoryLimitInBytes: resources?.memoryLimitBytes ?? 0,
        oomScoreAdj: resources?.oomScoreAdj ?? 0,
      },
      securityContext: {
        privileged,
        capabilities: { addCapabilities: security.addCapabilities ?? [], dropCapabilities: security.dropCapabilities ?? [] },
        namespaceOptions: { ...namespacesOf(sandbox), ...(config.processesOf === undefined ? {} : { pid: 'TARGET', targetId: config.processesOf }) },
        readonlyRootfs: security.readOnlyRootFilesystem === true,
        noNewPrivs: security.noNewPrivileges === true,
        maskedPaths: unmasked ? [] : maskedPaths,
        readonlyPaths: unmasked ? [] : readonlyPaths,
        ...identityOf(security, user),
        seccomp: seccompOf(security),
      },
    },
  };
}

/** Below the sandbox's log folder; as kubelets name it where the agent has no wish. */
export function logPathOf({ logPath, name, attempt }: ContainerConfig): string {
  return logPath ?? `${name}/${attempt}.log`;
}

/** Which namespaces a sandbox has in common with whom, for an annotation; `namespacesFrom` reads it. */
export function namespaceWords({ hostNetwork, hostPid, hostIpc, shareProcesses }: SandboxConfig): string {
  const words = { 'host-network': hostNetwork, 'host-pid': hostPid, 'host-ipc': hostIpc, 'shared-pid': shareProcesses };
  return Object.entries(words).filter(([, on]) => on === true).map(([word]) => word).join(',');
}

/** See `namespaceWords`. */
export function namespacesFrom(words: string | undefined): Required<Pick<SandboxConfig, 'hostNetwork' | 'hostPid' | 'hostIpc' | 'shareProcesses'>> {
  const on = new Set((words ?? '').split(','));
  return { hostNetwork: on.has('host-network'), hostPid: on.has('host-pid'), hostIpc: on.has('host-ipc'), shareProcesses: on.has('shared-pid') };
}

function namespacesOf({ hostNetwork, hostPid, hostIpc, shareProcesses }: SandboxConfig): object {
  return {
    network: hostNetwork ? 'NODE' : 'POD',
    pid: hostPid === true ? 'NODE' : shareProcesses === true ? 'POD' : 'CONTAINER',
    ipc: hostIpc === true ? 'NODE' : 'POD',
  };
}

/** CRI refuses a group without a user: then it is the image's own that is said. */
function identityOf({ runAsUser, runAsGroup, supplementalGroups }: SecurityConfig, image?: ImageUser): object {
  const groups = { supplementalGroups: supplementalGroups ?? [] };
  if (runAsUser !== undefined) return { ...groups, runAsUser: { value: runAsUser }, ...(runAsGroup === undefined ? {} : { runAsGroup: { value: runAsGroup } }) };
  if (runAsGroup === undefined || image === undefined) return groups;
  const user = image.username === '' ? { runAsUser: { value: image.uid?.value ?? 0 } } : { runAsUsername: image.username };
  return { ...groups, ...user, runAsGroup: { value: runAsGroup } };
}

/** Unconfined where nothing is asked for: upstream's default without the feature `SeccompDefault`. */
function seccompOf({ seccomp, privileged }: SecurityConfig): object {
  if (seccomp === undefined || seccomp.type === 'unconfined' || privileged === true) return { profileType: 'Unconfined' };
  return seccomp.type === 'runtime-default' ? { profileType: 'RuntimeDefault' } : { profileType: 'Localhost', localhostRef: seccomp.profile ?? '' };
}

function mountOf({ hostPath, containerPath, readOnly, propagation }: MountConfig): object {
  return { hostPath, containerPath, readonly: readOnly, propagation: propagations[propagation] };
}
