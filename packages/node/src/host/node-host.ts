import { chmod, mkdir, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pod } from '@keelson/api/core/v1';
import type { Logger } from '@keelson/sdk';
import type { VolumeDisk } from '@keelson/sdk/volumes';
import { hostsFile } from '../pod/hosts-file.ts';
import { podResources } from '../pod/resource-config.ts';
import { qosClass } from '../status/qos-class.ts';
import type { PodDirectories } from '../volumes/pod-directories.ts';
import type { Cgroups } from './cgroups.ts';

/** Bytes of a termination message that are shown (upstream's limit). */
const mostMessage = 4096;

/** This machine, for pods whose containers see its files: their folders, logs, hosts files and cgroups. */
export class NodeHost {
  #cgroupsFail = false;

  constructor(
    readonly directories: PodDirectories,
    readonly disk: VolumeDisk,
    private readonly cgroups: Cgroups | undefined,
    private readonly clusterDomain: string,
    private readonly log: Logger,
  ) {}

  /** Makes what the pod's sandbox needs. Without cgroups of its own the node still runs pods, only without limits of whole pods. */
  async preparePod(pod: Pod): Promise<{ readonly logDirectory: string; readonly cgroupParent: string | undefined }> {
    const logDirectory = this.directories.logDirectory(pod);
    await mkdir(this.directories.pod(pod.metadata.uid), { recursive: true, mode: 0o750 });
    await mkdir(logDirectory, { recursive: true });
    return { logDirectory, cgroupParent: await this.#cgroup(pod) };
  }

  /** Makes the files that a container mounts beside its volumes, and the folder of its log. */
  async prepareContainer(pod: Pod, container: string, attempt: number, ips: readonly string[]): Promise<{ readonly hosts: string; readonly terminationLog: string; readonly logPath: string }> {
    const { uid } = pod.metadata;
    const hosts = this.directories.hostsFile(uid);
    const terminationLog = this.directories.terminationLog(uid, container, attempt);
    const node = pod.spec.hostNetwork === true ? await readFile('/etc/hosts', 'utf8').catch(() => '') : '';
    await mkdir(dirname(hosts), { recursive: true });
    await writeFile(hosts, hostsFile(pod, ips, this.clusterDomain, node), { mode: 0o644 });
    await mkdir(dirname(terminationLog), { recursive: true });
    await writeFile(terminationLog, '');
    // Containers run as whatever user their images say.
    await chmod(terminationLog, 0o666);
    await mkdir(join(this.directories.logDirectory(pod), container), { recursive: true });
    return { hosts, terminationLog, logPath: join(container, `${attempt}.log`) };
  }

  /** What the container left in its termination log; empty for nothing. */
  async terminationMessage(uid: string, container: string, attempt: number): Promise<string> {
    const path = this.directories.terminationLog(uid, container, attempt);
    const file = await open(path).catch(() => undefined);
    if (file === undefined) return '';
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(mostMessage), 0, mostMessage, 0);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await file.close();
    }
  }

  /** Nothing of the pod runs any more: its cgroup goes. */
  async releasePod(uid: string): Promise<void> {
    await this.cgroups?.remove(uid);
  }

  /** Removes everything of a pod that is gone; mounts first. */
  async removePod(pod: { readonly uid: string; readonly logDirectory?: string }): Promise<void> {
    await this.releasePod(pod.uid);
    await this.disk.remove(this.directories.pod(pod.uid));
    if (pod.logDirectory !== undefined) await rm(pod.logDirectory, { recursive: true, force: true });
  }

  /** Removes what is left of pods that are not known: they were deleted while no agent was here. Asks right before each, since pods come meanwhile. */
  async removeOrphans(isKnown: (uid: string) => boolean): Promise<void> {
    const left = new Map<string, string | undefined>();
    for (const uid of [...(await readdir(this.directories.pods).catch(() => [])), ...((await this.cgroups?.pods()) ?? [])]) left.set(uid, undefined);
    for (const name of await readdir(this.directories.logs).catch(() => [])) left.set(name.slice(name.lastIndexOf('_') + 1), join(this.directories.logs, name));
    for (const [uid, logDirectory] of left) {
      if (isKnown(uid)) continue;
      await this.removePod({ uid, ...(logDirectory === undefined ? {} : { logDirectory }) }).catch((error: unknown) =>
        this.log.warn('what is left of a deleted pod could not be removed', { pod: uid, error: String(error) }),
      );
    }
  }

  async #cgroup(pod: Pod): Promise<string | undefined> {
    if (this.cgroups === undefined || this.#cgroupsFail) return undefined;
    try {
      return await this.cgroups.create(pod.metadata.uid, qosClass(pod), podResources(pod));
    } catch (error) {
      this.#cgroupsFail = true;
      this.log.warn('cgroups of pods cannot be made, pods run without limits of their own', { error: String(error) });
      return undefined;
    }
  }
}
