import type { Pod } from '@keelson/api/core/v1';
import type { PortMapping, SandboxConfig } from '@keelson/sdk/runtime';
import { dnsConfig } from './dns-config.ts';
import { hostName } from './host-name.ts';
import type { NodeTools } from './node-tools.ts';
import { sandboxSecurity } from './security-config.ts';

/** Everything that the sandbox of a pod is; says what is wrong with its DNS settings as events. */
export async function sandboxConfig(pod: Pod, attempt: number, { host, dns: settings, events, runtime }: NodeTools): Promise<SandboxConfig> {
  const { metadata, spec } = pod;
  const basic: SandboxConfig = {
    podUid: metadata.uid,
    podName: metadata.name,
    podNamespace: metadata.namespace ?? '',
    attempt,
    hostname: hostName(pod),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    hostNetwork: spec.hostNetwork === true,
  };
  if (host === undefined || runtime.info.mounts !== true) return basic;
  const { dns, problems } = dnsConfig(pod, settings);
  for (const [reason, message] of problems) events.record(pod, 'Warning', reason, message);
  const { logDirectory, cgroupParent } = await host.preparePod(pod);
  const sysctls = spec.securityContext?.sysctls ?? [];
  return {
    ...basic,
    dns,
    portMappings: portMappings(pod),
    logDirectory,
    ...(cgroupParent === undefined ? {} : { cgroupParent }),
    hostPid: spec.hostPID === true,
    hostIpc: spec.hostIPC === true,
    shareProcesses: spec.shareProcessNamespace === true,
    ...(sysctls.length === 0 ? {} : { sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])) }),
    security: sandboxSecurity(pod),
  };
}

/** Ports of the host that lead into the pod; one on the host's network has them anyway. */
export function portMappings({ spec }: Pod): readonly PortMapping[] {
  if (spec.hostNetwork === true) return [];
  const containers = [...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'), ...spec.containers];
  return containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort = 0, containerPort, protocol = 'TCP', hostIP }) =>
      hostPort === 0 ? [] : [{ protocol: protocol as PortMapping['protocol'], containerPort, hostPort, ...(hostIP === undefined || hostIP === '' ? {} : { hostIp: hostIP }) }],
    ),
  );
}
