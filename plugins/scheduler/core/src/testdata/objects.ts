import type { Node, NodeSpec, Pod, PodSpec } from '@keelson/api/core/v1';

const meta = (name: string) => ({ name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' });

/** A node with 4 cpus, 8Gi and room for 10 pods, unless told otherwise. */
export function node(name: string, { labels = {}, spec = {}, allocatable = {} }: { labels?: Record<string, string>; spec?: NodeSpec; allocatable?: Record<string, string> } = {}): Node {
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: { ...meta(name), labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10', ...allocatable } },
  };
}

/** A pod of one container with these requests. */
export function pod(name: string, requests: Record<string, string> = {}, spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { ...meta(name), namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'i', ...(Object.keys(requests).length === 0 ? {} : { resources: { requests } }) }], ...spec },
  };
}
