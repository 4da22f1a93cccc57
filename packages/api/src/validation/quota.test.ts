import { LimitRange, ResourceQuota } from '../core/v1/index.ts';
import { changes, problems } from './testdata/objects.ts';

describe('a ResourceQuota', () => {
  const selecting = (requirement: object) => ({ spec: { scopeSelector: { matchExpressions: [requirement] } } });
  const expression = 'spec.scopeSelector.matchExpressions[0]';
  it.each<[object, string]>([
    [{ spec: { hard: { pods: '-1' } } }, 'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
    [{ spec: { hard: { pods: '500m' } } }, 'spec.hard[pods]: Invalid value: "500m": must be an integer'],
    [{ spec: { hard: { storage: '1' } } }, 'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota'],
    [{ spec: { hard: { 'a b/c': '1' } } }, 'spec.hard[a b/c]: Invalid value: "a b/c": prefix part a lowercase RFC 1123 subdomain'],
    [{ spec: { scopes: ['Everything'] } }, 'spec.scopes[0]: Unsupported value: "Everything": supported values: "BestEffort", "CrossNamespacePodAffinity"'],
    [{ spec: { scopes: ['Terminating', 'NotTerminating'] } }, 'spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
    [{ spec: { hard: { services: '1' }, scopes: ['Terminating'] } }, 'spec.scopes: Invalid value: ["Terminating"]: unsupported scope applied to resource'],
    [{ spec: { hard: { cpu: '1' }, scopes: ['BestEffort'] } }, 'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    [selecting({ scopeName: 'PriorityClass', operator: 'In' }), `${expression}.values: Required value: must be at least one value when`],
    [selecting({ scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] }), `${expression}.values: Invalid value: ["a"]: must be no value when`],
    [selecting({ scopeName: 'BestEffort', operator: 'In', values: ['a'] }), `${expression}.operator: Invalid value: "In": must be 'Exist' when scope is any of`],
    [selecting({ scopeName: 'PriorityClass', operator: 'Like' }), `${expression}.operator: Invalid value: "Like": not a valid selector operator`],
    [selecting({ scopeName: 'Weekday', operator: 'Exists' }), `${expression}.scopeName: Unsupported value: "Weekday": supported values:`],
  ])('is refused for %j', (rest, text) => {
    expect(problems(ResourceQuota, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('names a resource that nobody knows twice, as upstream does', () => {
    expect(problems(ResourceQuota, { spec: { hard: { cpus: '1' } } })).toEqual([
      'spec.hard[cpus]: Invalid value: "cpus": must be a standard resource type or fully qualified',
      'spec.hard[cpus]: Invalid value: "cpus": must be a standard resource for quota',
    ]);
  });

  it('is good with every kind of resource', () => {
    const hard = { cpu: '500m', 'requests.memory': '1Gi', 'limits.cpu': '2', pods: '10', 'count/deployments.apps': '3', 'requests.nvidia.com/gpu': '1', 'requests.hugepages-2Mi': '4Mi', 'services.nodeports': '0' };
    expect(problems(ResourceQuota, { spec: { hard } })).toEqual([]);
    expect(problems(ResourceQuota, { spec: { hard: { pods: '1', 'requests.cpu': '1' }, scopes: ['NotBestEffort', 'Terminating'] } })).toEqual([]);
  });

  it('keeps its scopes, in whatever order', () => {
    const old = { spec: { scopes: ['NotBestEffort', 'Terminating'] } };
    expect(changes(ResourceQuota, { spec: { scopes: ['Terminating', 'NotBestEffort'] } }, old)).toEqual([]);
    expect(changes(ResourceQuota, { spec: { scopes: ['Terminating'] } }, old)).toEqual(['spec.scopes: Invalid value: ["Terminating"]: field is immutable']);
  });
});

describe('a LimitRange', () => {
  const limits = (item: object) => ({ spec: { limits: [{ type: 'Container', ...item }] } });
  it.each<[object, string]>([
    [limits({ type: 'Node' }), 'spec.limits[0].type: Invalid value: "Node": must be a standard limit type or fully qualified'],
    [{ spec: { limits: [{ type: 'Pod' }, { type: 'Pod' }] } }, 'spec.limits[1].type: Duplicate value: "Pod"'],
    [limits({ type: 'Pod', default: { cpu: '1' } }), "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
    [limits({ type: 'PersistentVolumeClaim', max: { cpu: '1' } }), 'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided'],
    [limits({ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }), 'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
    [limits({ default: { cpu: '1' }, defaultRequest: { cpu: '2' } }), 'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1'],
    [limits({ type: 'Pod', max: { storage: '1' } }), 'spec.limits[0].max[storage]: Invalid value: "storage": must be a standard resource for containers'],
    [limits({ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } }), 'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    [limits({ type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }), 'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000'],
  ])('is refused for %j', (rest, text) => {
    expect(problems(LimitRange, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('is good when amounts are in order', () => {
    const container = { type: 'Container', min: { cpu: '100m' }, defaultRequest: { cpu: '200m' }, default: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '10' } };
    expect(problems(LimitRange, { spec: { limits: [container, { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } }, { type: 'openshift.io/Image', max: { storage: '1Gi' } }] } })).toEqual([]);
  });
});
