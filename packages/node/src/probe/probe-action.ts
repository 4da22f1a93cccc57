import type { Container, ContainerPort } from '@keelson/api/core/v1';
import type { ProbeOutcome } from '@keelson/sdk/runtime';
import type { GrpcTarget } from './grpc-health.ts';

/** Where a probe or hook goes, ports resolved. */
export type NetworkTarget =
  | { readonly type: 'http'; readonly host: string; readonly port: number; readonly path: string; readonly secure: boolean; readonly headers: readonly { name: string; value: string }[] }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | GrpcTarget;

/** Reaches out over the network; rejects never, a failure is an outcome. */
export interface NetworkProber {
  probe(target: NetworkTarget, timeoutMs: number): Promise<ProbeOutcome>;
}

/** A port by number or by the name of one of the container's ports; undefined for an unknown name. */
export function portOf(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  const named = (container.ports ?? []).find(({ name }: ContainerPort) => name === port);
  return named?.containerPort ?? (/^\d+$/.test(port) ? Number(port) : undefined);
}
