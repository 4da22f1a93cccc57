import { findCondition, isConditionTrue } from '@keelson/api';
import { Lease } from '@keelson/api/coordination/v1';
import { Node, Pod } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import { isStatus, type Clock } from '@keelson/sdk';
import type { Caches, ControllerDeclaration, ReconcileContext, ReconcileResult } from '@keelson/sdk/controller';
import { NodeHealth, type GracePeriods } from './node-health.ts';
import { evictionTaint, nextTaints, readinessTaint } from './node-taints.ts';
import { podsByNode } from './pods-by-node.ts';
import { silentConditions } from './silent-conditions.ts';
import { Zones, type EvictionRates } from './zones.ts';

/** What the controller works with. */
export interface NodeControllerOptions {
  readonly clock: Clock;
  readonly grace: GracePeriods;
  readonly rates: EvictionRates;
  readonly concurrency: number;
}

interface State {
  readonly health: NodeHealth;
  readonly zones: Zones;
  /** Nodes whose pods still have to be marked. */
  readonly unmarked: Set<string>;
}

const leases = 'kube-node-lease';

/**
 * Watches over nodes. Each node has one deadline, which every sign of life moves; nothing looks at all nodes. Its events
 * come from `node-controller`, as users know them.
 */
export function nodeController({ clock, grace, rates, concurrency }: NodeControllerOptions): ControllerDeclaration<Node> {
  const state: State = { health: new NodeHealth(grace), zones: new Zones(rates), unmarked: new Set() };
  return {
    name: 'node',
    for: Node,
    watches: [
      { kind: Node, enqueue: (node: Node, _caches: Caches, { deleted }: { deleted: boolean }) => zoneNews(node, deleted, state, clock) },
      { kind: Lease, enqueue: (lease: Lease, caches: Caches, { deleted }: { deleted: boolean }) => leaseNews(lease, caches, deleted, state, clock) },
    ],
    reads: [Pod],
    indexes: [podsByNode],
    concurrency,
    reconcile: (node, context) => reconcile(node, context, state),
    deleted({ name }) {
      state.health.forget(name);
      state.unmarked.delete(name);
    },
  };
}

function zoneNews(node: Node, deleted: boolean, { health, zones }: State, clock: Clock) {
  const { affected, recovered } = deleted ? zones.forget(node.metadata.name) : zones.observe(node);
  if (recovered) health.forgive(clock.now());
  return affected.map((name) => ({ name }));
}

/** A renewal only moves the deadline; the node itself is looked at when it was taken for silent. */
function leaseNews(lease: Lease, caches: Caches, deleted: boolean, { health }: State, clock: Clock) {
  const { name, namespace } = lease.metadata;
  if (namespace !== leases || deleted) return [];
  health.renewed(name, lease, clock.now());
  const node = caches.get(Node, { name });
  return node !== undefined && readinessTaint(node) !== undefined ? [{ name }] : [];
}

async function reconcile(node: Node, context: ReconcileContext, state: State): Promise<ReconcileResult> {
  const { caches, clock, events } = context;
  const { name } = node.metadata;
  if (state.health.isNew(node)) events.record(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
  state.health.observe(node, caches.get(Lease, { namespace: leases, name }), clock.now());
  const left = state.health.left(node, clock.now());
  const current = left < 0 ? await declareSilent(node, context, state) : node;
  if (current === undefined) return;
  if (state.unmarked.has(name)) await markPods(name, context, state);
  const turn = await taint(current, context, state);
  const waits = [...(left >= 0 ? [left + 1] : []), ...(turn === undefined ? [] : [turn])];
  return waits.length === 0 ? undefined : { requeueAfter: Math.min(...waits) };
}

/** The node with its new status; undefined when it is gone. */
async function declareSilent(node: Node, { api, clock, events }: ReconcileContext, { unmarked }: State): Promise<Node | undefined> {
  const conditions = silentConditions(node, clock.now());
  if (conditions === undefined) return node;
  const wasReady = isConditionTrue(node.status?.conditions, 'Ready');
  try {
    const written = await api.updateStatus({ ...node, status: { ...node.status, conditions } });
    if (wasReady) {
      unmarked.add(node.metadata.name);
      events.record(written, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    }
    return written;
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** Pods of a node that fell silent serve nobody: what routes to them must learn it from their own condition. */
async function markPods(name: string, { api, caches, clock, events }: ReconcileContext, { unmarked }: State): Promise<void> {
  for (const pod of caches.byIndex(Pod, podsByNode.name, name)) {
    const ready = findCondition(pod.status?.conditions, 'Ready');
    if (ready === undefined || ready.status === 'False') continue;
    const conditions = (pod.status?.conditions ?? []).map((one) => (one === ready ? { ...one, status: 'False', lastTransitionTime: formatTime(clock.now()) } : one));
    try {
      await api.updateStatus({ ...pod, status: { ...pod.status, conditions } });
    } catch (error) {
      if (isStatus(error, 'NotFound')) continue;
      throw error;
    }
    events.record(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
  unmarked.delete(name);
}

/** Brings the taints up to date; the answer is the wait for the node's turn to be evicted, milliseconds, if it has to wait. */
async function taint(node: Node, { api, clock }: ReconcileContext, { zones }: State): Promise<number | undefined> {
  const { name, resourceVersion } = node.metadata;
  const wanted = zones.outOfReach ? undefined : readinessTaint(node);
  const present = evictionTaint(node);
  let eviction = wanted;
  let wait: number | undefined;
  // Going from one taint to the other is no new eviction: it takes no turn.
  if (wanted !== undefined && present === undefined) {
    const turn = zones.turn(name, clock.monotonic());
    if (turn !== 0) {
      eviction = undefined;
      wait = turn;
    }
  }
  const taints = nextTaints(node, eviction, clock.now());
  if (taints !== undefined) await api.patch(Node, { name }, { type: 'merge', body: { metadata: { resourceVersion }, spec: { taints } } });
  return wait;
}
