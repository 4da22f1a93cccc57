import { HorizontalPodAutoscaler as V1 } from '../autoscaling/v1/index.ts';
import { HorizontalPodAutoscaler as V2 } from '../autoscaling/v2/index.ts';
import { Event, Pod } from '../core/v1/index.ts';
import { Event as NewEvent } from '../events/v1/index.ts';
import type { KubeObject } from '../meta/object.ts';
import { definition } from '../schema/index.ts';
import { convertObject } from './index.ts';

const metadata = { name: 'x', uid: 'u', resourceVersion: '1', creationTimestamp: 't' };

describe('convertObject', () => {
  it('renames the fields of events both ways', () => {
    const core = {
      apiVersion: 'v1', kind: 'Event', metadata, involvedObject: { kind: 'Pod', name: 'p' }, message: 'm', source: { component: 'c' }, count: 2,
      firstTimestamp: 'f', lastTimestamp: 'l', reportingComponent: 'r', reason: 'Done', type: 'Normal',
    };
    const shown = convertObject(core, Event, NewEvent);
    expect(shown).toEqual({
      apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata, regarding: { kind: 'Pod', name: 'p' }, note: 'm', deprecatedSource: { component: 'c' },
      deprecatedCount: 2, deprecatedFirstTimestamp: 'f', deprecatedLastTimestamp: 'l', reportingController: 'r', reason: 'Done', type: 'Normal',
    });
    expect(convertObject(shown, NewEvent, Event)).toEqual(core);
    const fields = definition(NewEvent.definition).fields;
    expect([...definition(Event.definition).fields.keys()].map((field) => Object.keys(convertObject({ [field]: 1 } as unknown as KubeObject, Event, NewEvent))[0])
      .every((field) => fields.has(field ?? ''))).toBe(true);
  });

  it('loses nothing of an autoscaler', () => {
    const stored = {
      apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { ...metadata, annotations: { a: 'b' } },
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'd' }, minReplicas: 1, maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
        ],
        behavior: { scaleDown: { selectPolicy: 'Min' } },
      },
      status: { currentReplicas: 1, desiredReplicas: 2, conditions: [{ type: 'AbleToScale', status: 'True' }] },
    };
    const shown = convertObject(stored, V2, V1);
    expect(shown).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 50, maxReplicas: 5 } });
    expect('metrics' in (shown as unknown as { spec: object }).spec).toBe(false);
    expect(convertObject(shown, V1, V2)).toEqual(stored);
  });

  it('leaves the rest alone', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata };
    expect(convertObject(pod, Pod, Pod)).toBe(pod);
    expect(() => convertObject(pod, Pod, Event)).toThrow(/no conversion from Pod of v1/);
  });
});
