import { HorizontalPodAutoscaler as V1 } from '../autoscaling/v1/index.ts';
import { HorizontalPodAutoscaler } from '../autoscaling/v2/index.ts';
import { problems } from './testdata/objects.ts';

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const spec = (rest: object) => ({ spec: { scaleTargetRef, maxReplicas: 3, ...rest } });
const metric = (rest: object) => spec({ metrics: [rest] });
const cpu = (target: object) => metric({ type: 'Resource', resource: { name: 'cpu', target } });
const half = { type: 'Utilization', averageUtilization: 50 };
const at = 'spec.metrics[0]';

describe('a HorizontalPodAutoscaler', () => {
  it.each<[object, string]>([
    [spec({ maxReplicas: 0, minReplicas: undefined }), 'spec.maxReplicas: Invalid value: 0: must be greater than 0'],
    [spec({ minReplicas: 0 }), 'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1'],
    [spec({ minReplicas: 4 }), 'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
    [spec({ scaleTargetRef: { kind: 'Deployment' } }), 'spec.scaleTargetRef.name: Required value'],
    [spec({ scaleTargetRef: { kind: 'a/b', name: 'web' } }), "spec.scaleTargetRef.kind: Invalid value: \"a/b\": may not contain '/'"],
    [metric({ type: 'Disk' }), `${at}.type: Unsupported value: "Disk": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"`],
    [metric({ type: 'Resource' }), `${at}.resource: Required value: must populate information for the given metric source`],
    [metric({ type: 'Resource', resource: { name: 'cpu', target: half }, pods: {} }), `${at}.pods: Forbidden: must populate the given metric source only`],
    [cpu({ type: 'Utilization' }), `${at}.resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization`],
    [cpu({ ...half, averageValue: '1' }), `${at}.resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization`],
    [cpu({ ...half, averageUtilization: 0 }), `${at}.resource.target.averageUtilization: Invalid value: 0: must be greater than 0`],
    [cpu({ type: 'AverageValue', averageValue: '0' }), `${at}.resource.target.averageValue: Invalid value: "0": must be positive`],
    [cpu({ averageUtilization: 50 }), `${at}.resource.target.type: Required value: must specify a metric target type`],
    [cpu({ ...half, type: 'Share' }), `${at}.resource.target.type: Unsupported value: "Share": supported values: "AverageValue", "Utilization", "Value"`],
    [metric({ type: 'Resource', resource: { target: half } }), `${at}.resource.name: Required value: must specify a resource name`],
    [metric({ type: 'ContainerResource', containerResource: { name: 'cpu', target: half } }), `${at}.containerResource.container: Required value: must specify a container`],
    [metric({ type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue' } } }), `${at}.pods.target.averageValue: Required value: must specify a positive target averageValue`],
    [metric({ type: 'Pods', pods: { metric: {}, target: { type: 'AverageValue', averageValue: '1' } } }), `${at}.pods.metric.name: Required value: must specify a metric name`],
    [metric({ type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value' } } }), `${at}.external.target.averageValue: Required value: must set either a target value for metric or a per-pod target`],
    [metric({ type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value', value: '1', averageValue: '1' } } }), `${at}.external.target.value: Forbidden: may not set both a target value for metric and a per-pod target`],
    [metric({ type: 'Object', object: { describedObject: scaleTargetRef, metric: { name: 'm' }, target: { type: 'Value' } } }), `${at}.object.target.averageValue: Required value: must set either a target value or averageValue`],
    [spec({ behavior: { scaleDown: { stabilizationWindowSeconds: 3601 } } }), 'spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600'],
    [spec({ behavior: { scaleUp: { selectPolicy: 'Most' } } }), 'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Most": supported values: "Disabled", "Max", "Min"'],
    [spec({ behavior: { scaleUp: { policies: [] } } }), 'spec.behavior.scaleUp.policies: Required value: must specify at least one Policy'],
    [spec({ behavior: { scaleUp: { policies: [{ type: 'Nodes', value: 1, periodSeconds: 1 }] } } }), 'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Nodes": supported values: "Percent", "Pods"'],
    [spec({ behavior: { scaleUp: { policies: [{ type: 'Pods', value: 0, periodSeconds: 1 }] } } }), 'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero'],
    [spec({ behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1801 }] } } }), 'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800'],
  ])('is refused for %j', (rest, text) => {
    expect(problems(HorizontalPodAutoscaler, rest)).toContainEqual(expect.stringContaining(text));
  });

  it('is good with each kind of metric', () => {
    const metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: half } },
      { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target: half } },
      { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1k' } } },
      { type: 'Object', object: { describedObject: scaleTargetRef, metric: { name: 'm' }, target: { type: 'Value', value: '10' } } },
      { type: 'External', external: { metric: { name: 'm', selector: { matchLabels: { a: 'b' } } }, target: { type: 'AverageValue', averageValue: '1' } } },
    ];
    expect(problems(HorizontalPodAutoscaler, spec({ metrics, behavior: { scaleUp: {}, scaleDown: { stabilizationWindowSeconds: 60 } } }))).toEqual([]);
  });

  it('is refused in its first version too', () => {
    expect(problems(V1, spec({ targetCPUUtilizationPercentage: 0 }))).toEqual(['spec.targetCPUUtilizationPercentage: Invalid value: 0: must be greater than 0']);
    expect(problems(V1, spec({}))).toEqual([]);
  });
});
