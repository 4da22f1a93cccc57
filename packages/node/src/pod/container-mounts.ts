import { posix } from 'node:path';
import type { Container, VolumeMount } from '@keelson/api/core/v1';
import { RuntimeFault, type MountConfig } from '@keelson/sdk/runtime';
import { bindSubPath } from '../volumes/sub-path.ts';
import type { PodContext } from './pod-context.ts';

/** What a container mounts: its volumes, then the files that every container gets. Rejects with a `RuntimeFault` of kind `config`. */
export async function containerMounts(
  container: Container,
  context: PodContext,
  values: ReadonlyMap<string, string>,
  files: { readonly hosts: string; readonly terminationLog: string },
): Promise<readonly MountConfig[]> {
  const mounts: MountConfig[] = [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) mounts.push(await volumeMount(container, index, mount, context, values));
  const has = (path: string): boolean => mounts.some(({ containerPath }) => containerPath === path);
  if (!has('/etc/hosts')) mounts.push({ hostPath: files.hosts, containerPath: '/etc/hosts', readOnly: false, propagation: 'private' });
  const message = container.terminationMessagePath ?? '/dev/termination-log';
  if (message !== '' && !has(message)) mounts.push({ hostPath: files.terminationLog, containerPath: message, readOnly: false, propagation: 'private' });
  return mounts;
}

const propagations: Readonly<Record<string, MountConfig['propagation']>> = { None: 'private', HostToContainer: 'host-to-container', Bidirectional: 'bidirectional' };

async function volumeMount(container: Container, index: number, mount: VolumeMount, { state, tools, volumes }: PodContext, values: ReadonlyMap<string, string>): Promise<MountConfig> {
  const { name, mountPath, readOnly = false, mountPropagation = 'None' } = mount;
  const volume = volumes?.pathOf(name);
  if (volume === undefined || volume === '') throw new RuntimeFault('config', `cannot find volume "${name}" to mount into container "${container.name}"`);
  const inner = subPathOf(mount, values);
  let hostPath = volume;
  if (inner !== '' && tools.host !== undefined) {
    try {
      hostPath = await bindSubPath(volume, inner, tools.host.directories.subPath(state.pod.metadata.uid, name, container.name, index));
    } catch (error) {
      throw new RuntimeFault('config', `failed to prepare subPath for volumeMount "${name}" of container "${container.name}"`, { cause: error });
    }
  }
  return { hostPath, containerPath: posix.resolve('/', mountPath), readOnly, propagation: propagations[mountPropagation] ?? 'private' };
}

function subPathOf({ subPath = '', subPathExpr = '' }: VolumeMount, values: ReadonlyMap<string, string>): string {
  if (subPathExpr === '') return subPath;
  return subPathExpr.replace(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) => {
    if (match === '$$') return '$';
    const value = values.get(name ?? '');
    if (value === undefined) throw new RuntimeFault('config', `missing value for "${name ?? ''}"`);
    return value;
  });
}
