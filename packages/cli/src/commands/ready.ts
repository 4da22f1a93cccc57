import { relative } from 'node:path';
import type { HostState } from '@keelson/hosts';
import type { PluginStatus } from '@keelson/kernel/host';
import type { RuntimeKind, StorageKind } from '../seams.ts';

/** What a user wants to know about a cluster that has just become ready. */
export interface ReadyFacts {
  readonly name: string;
  readonly server: string;
  readonly kubeconfig: string;
  readonly readyMs: number;
  readonly storage: StorageKind;
  readonly runtime: RuntimeKind | 'cri';
  /** 0: nodes are in the cluster's process. */
  readonly hosts: number;
  readonly hostStates: readonly HostState[];
  readonly cni: string;
  readonly proxy: string;
  readonly ingress: string;
  readonly nodes: number;
  readonly plugins: readonly PluginStatus[];
}

/** The ready output: where it is, what runs, what to type next, how to stop. Pure. */
export function readyText(facts: ReadyFacts, cwd: string): string {
  const kubeconfig = shortest(facts.kubeconfig, cwd);
  const troubled = facts.plugins.filter((plugin) => plugin.state !== 'ready');
  return [
    '',
    `Cluster "${facts.name}" is ready (${(facts.readyMs / 1000).toFixed(1)} s).`,
    '',
    `  Server      ${facts.server}`,
    `  Kubeconfig  ${kubeconfig}`,
    `  Storage     ${facts.storage}`,
    `  Nodes       ${facts.nodes} (${facts.runtime})${facts.hosts === 0 ? '' : `, each on a host of its own (${facts.cni}, ${facts.proxy}${facts.ingress === 'none' ? '' : `, ingress ${facts.ingress}`})`}`,
    `  Plugins     ${facts.plugins.length} enabled${troubled.length === 0 ? '' : `, not ready: ${troubled.map((plugin) => plugin.name).join(', ')}`}`,
    ...byKind(facts.plugins).map(([kind, names]) => `    ${kind.padEnd(10)}  ${names.join(', ')}`),
    '',
    'Next, in another terminal:',
    '',
    `  export KUBECONFIG=${kubeconfig}`,
    '  kubectl get nodes',
    '',
    'Stop with Ctrl-C; the data stays.',
  ].join('\n');
}

/** Plugins under their kind, without the prefix that repeats it. */
function byKind(plugins: readonly PluginStatus[]): readonly (readonly [kind: string, names: readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const { kind, name } of plugins) groups.set(kind, [...(groups.get(kind) ?? []), name.replace(/^@keelson\//, '').replace(new RegExp(`^${kind}-`), '')]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function shortest(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near !== '' && !near.startsWith('..') ? near : path;
}
