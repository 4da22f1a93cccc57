import type { Container, PodSpec } from '@keelson/api/core/v1';
import { pod } from '../testdata/objects.ts';
import { podInfoOf } from './pod-info.ts';

const container = (cpu: string | undefined, memory?: string, restartPolicy?: string): Container => ({
  name: 'c',
  ...(restartPolicy === undefined ? {} : { restartPolicy }),
  resources: { requests: { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) } },
});

const requests = (spec: PodSpec): Record<string, number> => Object.fromEntries(podInfoOf(pod('p', {}, spec)).requests);

describe('podInfoOf', () => {
  it.each<[string, PodSpec, Record<string, number>]>([
    ['sums containers', { containers: [container('100m', '1Gi'), container('0.2', '1Mi')] }, { cpu: 300, memory: 1074790400 }],
    ['leaves out nothing', { containers: [container(undefined), container('0')] }, {}],
    ['takes the larger of init and main', { containers: [container('1')], initContainers: [container('3'), container('2')] }, { cpu: 3000 }],
    ['adds sidecars to what runs with them', { containers: [container('1')], initContainers: [container('1', undefined, 'Always'), container('3')] }, { cpu: 4000 }],
    ['counts a sidecar only from its start', { containers: [container('1')], initContainers: [container('3'), container('1', undefined, 'Always')] }, { cpu: 3000 }],
    ['adds overhead', { containers: [container('1')], overhead: { cpu: '250m' } }, { cpu: 1250 }],
    ['lets the pod speak for its containers', { containers: [container('1', '1Gi')], resources: { requests: { cpu: '5' } } }, { cpu: 5000, memory: 1073741824 }],
    ['rounds up', { containers: [container('100u', '1500m')] }, { cpu: 1, memory: 2 }],
  ])('%s', (_, spec, expected) => {
    expect(requests(spec)).toEqual(expected);
  });

  it('stands in 100m and 200Mi for each container that says nothing, but not for a stated zero', () => {
    const info = podInfoOf(pod('p', {}, { containers: [container(undefined, '0'), container('50m')] }));
    expect(Object.fromEntries(info.requestsNonZero)).toEqual({ cpu: 150, memory: 200 * 1024 * 1024 });
  });
});
