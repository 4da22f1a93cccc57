import type { Container, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '@keelson/api/core/v1';
import { parseQuantity } from '@keelson/api/quantity';

/** The node as a new pod finds it. */
export interface NodeRoom {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
  /** Pods that run here already. */
  readonly pods: readonly Pod[];
}

/** Why the node cannot run the pod, in upstream's words; undefined: it can. Checked again here, since not every pod comes by the scheduler. */
export function rejection(pod: Pod, node: NodeRoom): { readonly reason: string; readonly message: string } | undefined {
  if (!matchesNode(pod, node)) return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
  const total = new Map<string, number>();
  for (const other of node.pods) for (const [name, value] of requestsOf(other)) total.set(name, (total.get(name) ?? 0) + value);
  for (const [resource, requested] of requestsOf(pod)) {
    const capacity = amount(resource, node.allocatable[resource] ?? '0');
    const used = total.get(resource) ?? 0;
    if (requested > 0 && used + requested > capacity) {
      const numbers = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
      return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, ${numbers}` };
    }
  }
  return undefined;
}

/** By spec: each new pod asks for those of all pods of its node. */
const requests = new WeakMap<Pod['spec'], ReadonlyMap<string, number>>();

/** Upstream's sum: of containers and sidecars, or the largest init container with the sidecars before it; cpu in thousandths, the rest in units. */
function requestsOf({ spec }: Pod): ReadonlyMap<string, number> {
  const known = requests.get(spec);
  if (known !== undefined) return known;
  const sum = new Map<string, number>();
  for (const container of spec.containers) add(sum, container);
  const sidecars = new Map<string, number>();
  let peak = new Map<string, number>();
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') add(sidecars, container);
    const now = new Map(sidecars);
    if (container.restartPolicy !== 'Always') add(now, container);
    peak = larger(peak, now);
  }
  for (const [name, value] of sidecars) sum.set(name, (sum.get(name) ?? 0) + value);
  const all = larger(sum, peak);
  for (const [name, text] of Object.entries(spec.overhead ?? {})) all.set(name, (all.get(name) ?? 0) + amount(name, text));
  all.set('pods', 1);
  requests.set(spec, all);
  return all;
}

function add(sum: Map<string, number>, { resources }: Container): void {
  for (const [name, text] of Object.entries({ ...resources?.limits, ...resources?.requests })) sum.set(name, (sum.get(name) ?? 0) + amount(name, text));
}

function larger(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...new Set([...a.keys(), ...b.keys()])].map((name) => [name, Math.max(a.get(name) ?? 0, b.get(name) ?? 0)]));
}

function amount(resource: string, text: string): number {
  return Number(parseQuantity(text).nano / (resource === 'cpu' ? 1_000_000n : 1_000_000_000n));
}

function matchesNode({ spec }: Pod, { name, labels }: NodeRoom): boolean {
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, name, labels));
}

/** An empty term matches nothing (upstream's rule). */
function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, name: string, labels: Readonly<Record<string, string>>): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return matchExpressions.every((rule) => matches(rule, labels[rule.key])) && matchFields.every((rule) => matches(rule, rule.key === 'metadata.name' ? name : undefined));
}

function matches({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
