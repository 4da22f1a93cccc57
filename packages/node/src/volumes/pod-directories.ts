import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Pod } from '@keelson/api/core/v1';

/** Names of upstream's volume plugins, which are part of its paths. */
const pluginNames: Readonly<Record<string, string>> = {
  configMap: 'kubernetes.io~configmap', downwardAPI: 'kubernetes.io~downward-api', emptyDir: 'kubernetes.io~empty-dir',
  hostPath: 'kubernetes.io~host-path', projected: 'kubernetes.io~projected', secret: 'kubernetes.io~secret',
};

/** Where the agent keeps what belongs to pods: the kubelet's layout below a root of its own. */
export class PodDirectories {
  constructor(readonly root: string) {}

  get pods(): string {
    return join(this.root, 'pods');
  }

  get logs(): string {
    return join(this.root, 'log', 'pods');
  }

  pod(uid: string): string {
    return join(this.pods, uid);
  }

  volume(uid: string, field: string, name: string): string {
    return join(this.pod(uid), 'volumes', pluginNames[field] ?? `keelson.io~${field.toLowerCase()}`, name);
  }

  /** One bind mount for each use of a part of a volume. */
  subPath(uid: string, volume: string, container: string, index: number): string {
    return join(this.pod(uid), 'volume-subpaths', volume, container, String(index));
  }

  hostsFile(uid: string): string {
    return join(this.pod(uid), 'etc-hosts');
  }

  /** The same after a restart of the agent: its name follows from what it is of. */
  terminationLog(uid: string, container: string, attempt: number): string {
    return join(this.pod(uid), 'containers', container, createHash('sha256').update(`${uid}/${container}/${attempt}`).digest('hex').slice(0, 8));
  }

  logDirectory({ metadata }: Pod): string {
    return join(this.logs, `${metadata.namespace ?? ''}_${metadata.name}_${metadata.uid}`);
  }
}
