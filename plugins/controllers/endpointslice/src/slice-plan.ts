import { isEqual } from '@keelson/api';
import type { Endpoint, EndpointPort, EndpointSlice } from '@keelson/api/discovery/v1';
import { portsKey } from './ports-key.ts';
import type { AddressType } from './pod-endpoint.ts';

/** What a slice is to hold. */
export interface SliceContent {
  readonly addressType: AddressType;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** The writes that bring the slices of one family up to date. */
export interface SlicePlan {
  readonly create: readonly SliceContent[];
  readonly update: readonly { readonly slice: EndpointSlice; readonly content: SliceContent }[];
  readonly remove: readonly EndpointSlice[];
}

/** Desired endpoints by their ports: pods may serve a named port under different numbers. */
export type DesiredEndpoints = ReadonlyMap<string, { readonly ports: readonly EndpointPort[]; readonly endpoints: readonly Endpoint[] }>;

interface Draft {
  readonly slice: EndpointSlice | undefined;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
  changed: boolean;
}

/**
 * Plans few writes rather than few slices, since every changed slice goes to every node: endpoints stay where they are,
 * new ones fill slices that change anyway, then the fullest slice that takes them all, then new slices. What would be
 * deleted is used again for what would be created. A family without endpoints keeps one empty slice.
 */
export function planSlices(existing: readonly EndpointSlice[], desired: DesiredEndpoints, addressType: AddressType, max: number): SlicePlan {
  const drafts: Draft[] = [];
  const unwanted: EndpointSlice[] = [];
  for (const [key, { ports, endpoints }] of desired) {
    const same = existing.filter((slice) => portsKey(slice.ports) === key);
    drafts.push(...fill(same, ports, endpoints, max));
  }
  for (const slice of existing) if (!drafts.some((draft) => draft.slice === slice)) unwanted.push(slice);
  const kept = drafts.filter(({ endpoints }) => endpoints.length > 0);
  for (const { slice, endpoints } of drafts) if (slice !== undefined && endpoints.length === 0) unwanted.push(slice);
  if (kept.length === 0) return placeholder(unwanted, addressType);
  const create: SliceContent[] = [];
  const update: { slice: EndpointSlice; content: SliceContent }[] = [];
  for (const draft of kept) {
    const content = { addressType, ports: draft.ports, endpoints: draft.endpoints };
    const slice = draft.slice ?? unwanted.shift();
    if (slice === undefined) create.push(content);
    else if (draft.changed) update.push({ slice, content });
  }
  return { create, update, remove: unwanted };
}

function placeholder(unwanted: readonly EndpointSlice[], addressType: AddressType): SlicePlan {
  const content = { addressType, ports: [], endpoints: [] };
  const empty = unwanted.find(({ endpoints = [], ports = [] }) => endpoints.length === 0 && ports.length === 0);
  if (empty !== undefined) return { create: [], update: [], remove: unwanted.filter((slice) => slice !== empty) };
  const [slice, ...rest] = unwanted;
  return slice === undefined ? { create: [content], update: [], remove: [] } : { create: [], update: [{ slice, content }], remove: rest };
}

function fill(slices: readonly EndpointSlice[], ports: readonly EndpointPort[], endpoints: readonly Endpoint[], max: number): readonly Draft[] {
  const left = new Map(endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const drafts = slices.map((slice) => keep(slice, ports, left));
  const rest = [...left.values()];
  for (const draft of drafts) {
    if (!draft.changed || draft.endpoints.length === 0) continue;
    draft.endpoints.push(...rest.splice(0, Math.max(0, max - draft.endpoints.length)));
  }
  while (rest.length >= max) drafts.push({ slice: undefined, ports, endpoints: rest.splice(0, max), changed: true });
  if (rest.length === 0) return drafts;
  const roomy = drafts.filter((draft) => draft.slice !== undefined && draft.endpoints.length + rest.length <= max);
  const fullest = roomy.reduce<Draft | undefined>((best, draft) => (best === undefined || draft.endpoints.length > best.endpoints.length ? draft : best), undefined);
  if (fullest === undefined) return [...drafts, { slice: undefined, ports, endpoints: rest, changed: true }];
  fullest.endpoints.push(...rest);
  fullest.changed = true;
  return drafts;
}

/** The slice's endpoints that are still wanted, in their present state; takes them out of `left`. */
function keep(slice: EndpointSlice, ports: readonly EndpointPort[], left: Map<string, Endpoint>): Draft {
  const endpoints: Endpoint[] = [];
  let changed = false;
  for (const endpoint of slice.endpoints ?? []) {
    const key = endpointKey(endpoint);
    const wanted = left.get(key);
    left.delete(key);
    if (wanted !== undefined) endpoints.push(wanted);
    if (wanted === undefined || !isEqual(wanted, endpoint)) changed = true;
  }
  return { slice, ports, endpoints, changed };
}

/** The same pod at the same address; its state may change. */
function endpointKey({ addresses, targetRef }: Endpoint): string {
  return `${addresses.join()} ${targetRef?.uid ?? ''}`;
}
