import type { ContainerConfig, ImageStatus } from '@keelson/sdk/runtime';
import { buildEnv } from '../env/build-env.ts';
import { expand } from '../env/expand.ts';
import type { ContainerSlot } from './container-slot.ts';
import type { PodContext } from './pod-context.ts';

/** Resolves everything that a container's spec refers to; rejects with a `RuntimeFault` of kind `config`. */
export async function containerConfig(slot: ContainerSlot, { state, tools }: PodContext, image: ImageStatus): Promise<ContainerConfig> {
  const { spec } = slot;
  const ips = state.sandbox?.ips ?? [];
  const env = await buildEnv(state.pod, spec, { podIps: ips.length === 0 ? [tools.hostIp] : ips, hostIp: tools.hostIp }, tools.env);
  const values = new Map(env.map(({ name, value }) => [name, value]));
  const expanded = (words: readonly string[] | undefined): string[] => (words ?? []).map((word) => expand(word, values));
  return {
    name: spec.name,
    role: slot.role,
    attempt: slot.created,
    image: spec.image ?? '',
    imageId: image.id,
    command: expanded(spec.command),
    args: expanded(spec.args),
    workingDir: spec.workingDir,
    env,
    tty: spec.tty === true,
    stdin: spec.stdin === true,
    annotations: {},
  };
}
