import fc from 'fast-check';
import type { Endpoint, EndpointPort, EndpointSlice } from '@keelson/api/discovery/v1';
import { portsKey } from './ports-key.ts';
import { planSlices, type DesiredEndpoints, type SlicePlan } from './slice-plan.ts';

const max = 4;
const ports: readonly (readonly EndpointPort[])[] = [[{ name: 'a', port: 1, protocol: 'TCP' }], [{ name: 'a', port: 2, protocol: 'TCP' }]];

/** Pod number to whether it is ready, per set of ports. */
type State = readonly Readonly<Record<string, boolean>>[];

const state = fc.tuple(...ports.map(() => fc.dictionary(fc.integer({ min: 0, max: 11 }).map(String), fc.boolean())));

function desiredOf(pods: State): DesiredEndpoints {
  const groups = pods.map((group, index) => {
    const endpoints = Object.entries(group).map(([id, ready]): Endpoint => ({ addresses: [`10.${index}.0.${id}`], conditions: { ready }, targetRef: { uid: `${index}-${id}` } }));
    return [portsKey(ports[index]), { ports: ports[index]!, endpoints }] as const;
  });
  return new Map(groups.filter(([, { endpoints }]) => endpoints.length > 0));
}

let names = 0;

function apply(slices: readonly EndpointSlice[], plan: SlicePlan): EndpointSlice[] {
  const updated = new Map(plan.update.map(({ slice, content }) => [slice, { ...slice, ...content } as EndpointSlice]));
  const kept = slices.filter((slice) => !plan.remove.includes(slice)).map((slice) => updated.get(slice) ?? slice);
  const created = plan.create.map((content) => ({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: `s${names++}` }, ...content }) as unknown as EndpointSlice);
  return [...kept, ...created];
}

function content(slices: readonly EndpointSlice[]) {
  return slices.flatMap((slice) => (slice.endpoints ?? []).map((endpoint) => `${portsKey(slice.ports)} ${JSON.stringify(endpoint)}`)).sort();
}

const wanted = (desired: DesiredEndpoints) => [...desired].flatMap(([key, { endpoints }]) => endpoints.map((endpoint) => `${key} ${JSON.stringify(endpoint)}`)).sort();

test('any history of changes ends in slices that hold each endpoint once, within the limit, and a second look changes nothing', () => {
  fc.assert(fc.property(fc.array(state, { minLength: 1, maxLength: 8 }), (history) => {
    let slices: EndpointSlice[] = [];
    for (const pods of history) {
      const desired = desiredOf(pods);
      slices = apply(slices, planSlices(slices, desired, 'IPv4', max));
      expect(content(slices)).toEqual(wanted(desired));
      expect(slices.length).toBeGreaterThan(0);
      for (const slice of slices) expect(slice.endpoints?.length).toBeLessThanOrEqual(max);
      expect(planSlices(slices, desired, 'IPv4', max)).toEqual({ create: [], update: [], remove: [] });
    }
  }), { numRuns: 300, seed: 7 });
});

test('one pod more or less is one write', () => {
  fc.assert(fc.property(state, fc.integer({ min: 20, max: 30 }), (pods, id) => {
    const slices = apply([], planSlices([], desiredOf(pods), 'IPv4', max));
    const more = planSlices(slices, desiredOf([{ ...pods[0], [id]: true }, pods[1]!]), 'IPv4', max);
    expect(more.create.length + more.update.length + more.remove.length).toBe(1);
  }), { numRuns: 200, seed: 7 });
});
