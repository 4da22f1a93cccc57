import type { ContainerConfig, ImageStatus } from '@keelson/sdk/runtime';
import { buildEnv } from '../env/build-env.ts';
import { expand } from '../env/expand.ts';
import { containerMounts } from './container-mounts.ts';
import type { ContainerSlot } from './container-slot.ts';
import type { PodContext } from './pod-context.ts';
import { slotsOf } from './pod-state.ts';
import { containerResources } from './resource-config.ts';
import { containerSecurity } from './security-config.ts';

/** Resolves everything that a container's spec refers to; rejects with a `RuntimeFault` of kind `config`. */
export async function containerConfig(slot: ContainerSlot, context: PodContext, image: ImageStatus): Promise<ContainerConfig> {
  const { state, tools } = context;
  const { spec } = slot;
  const security = containerSecurity(state.pod, spec, image, tools.host !== undefined);
  const addresses = podIps(context);
  const env = await buildEnv(state.pod, spec, { podIps: addresses, hostIp: tools.hostIp }, tools.env);
  const values = new Map(env.map(({ name, value }) => [name, value]));
  const expanded = (words: readonly string[] | undefined): string[] => (words ?? []).map((word) => expand(word, values));
  const basic: ContainerConfig = {
    name: spec.name,
    role: slot.role === 'ephemeral' ? 'app' : slot.role,
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
  if (tools.host === undefined) return basic;
  const files = await tools.host.prepareContainer(state.pod, spec.name, slot.created, addresses);
  const target = slot.target === undefined ? undefined : slotsOf(state).find(({ spec: { name } }) => name === slot.target);
  return {
    ...basic,
    ...(spec.stdinOnce === true ? { stdinOnce: true } : {}),
    mounts: await containerMounts(spec, context, values, files),
    resources: containerResources(state.pod, spec, tools.nodeMemory),
    security,
    logPath: files.logPath,
    ...(target?.running === true && target.id !== undefined ? { processesOf: target.id } : {}),
  };
}

function podIps({ state, tools }: PodContext): readonly string[] {
  const ips = state.sandbox?.ips ?? [];
  return ips.length === 0 ? [tools.hostIp] : ips;
}
