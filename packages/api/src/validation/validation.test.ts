import { Deployment, StatefulSet } from '../apps/v1/index.ts';
import { CustomResourceDefinition } from '../apiextensions/v1/index.ts';
import { ValidatingWebhookConfiguration } from '../admissionregistration/v1/index.ts';
import { CronJob, Job } from '../batch/v1/index.ts';
import { ConfigMap, Namespace, Node, PersistentVolumeClaim, Pod, Secret, Service } from '../core/v1/index.ts';
import { EndpointSlice } from '../discovery/v1/index.ts';
import type { Kind } from '../kind.ts';
import { builtinKinds } from '../kinds.ts';
import { Ingress, NetworkPolicy } from '../networking/v1/index.ts';
import { PodDisruptionBudget } from '../policy/v1/index.ts';
import { ClusterRole, RoleBinding } from '../rbac/v1/index.ts';
import { describeCauses, scheduleError, validateCreate, validateUpdate } from './index.ts';
import { changes, object, problems } from './testdata/objects.ts';

const container = { name: 'c', image: 'nginx' };
const pod = (spec: object, first: object = {}) => ({ spec: { containers: [{ ...container, ...first }], ...spec } });
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
const deployment = (spec: object = {}) => ({ spec: { selector: { matchLabels: { app: 'web' } }, template, ...spec } });

describe('validateCreate of pods', () => {
  it('accepts good ones', () => {
    expect(problems(Pod, pod({ volumes: [{ name: 'v' }] }, { volumeMounts: [{ name: 'v', mountPath: '/v' }], resources: { requests: { cpu: '1', 'example.org/gpu': '1' } } }))).toEqual([]);
  });

  it.each<[object, string]>([
    [{ spec: {} }, 'spec.containers: Required value'],
    [pod({}, { name: 'A' }), "spec.containers[0].name: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"],
    [pod({}, { image: '' }), 'spec.containers[0].image: Required value'],
    [pod({}, { imagePullPolicy: 'Maybe' }), 'spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"'],
    [pod({ restartPolicy: 'Sometimes' }), 'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"'],
    [pod({}, { ports: [{ containerPort: 70000 }] }), 'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    [pod({}, { volumeMounts: [{ name: 'v', mountPath: '/v' }] }), 'spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    [pod({}, { env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }), 'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
    [pod({}, { livenessProbe: {} }), 'spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    [pod({}, { livenessProbe: { exec: { command: ['a'] }, successThreshold: 2 } }), 'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
    [pod({}, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }), 'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    [pod({ volumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/' } }] }), 'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    [pod({ volumes: [{ name: 'a' }, { name: 'a' }] }), 'spec.volumes[1].name: Duplicate value: "a"'],
    [pod({ tolerations: [{ operator: 'Equal' }] }), 'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"'],
    [pod({ nodeSelector: { '-': 'x' } }), 'spec.nodeSelector: Invalid value: "-": name part must consist of alphanumeric characters'],
    [pod({ dnsPolicy: 'None' }), 'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    [pod({ initContainers: [{ name: 'i', image: 'x', readinessProbe: { exec: { command: ['a'] } } }] }), 'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always'],
    [pod({ initContainers: [container] }), 'spec.initContainers[0].name: Duplicate value: "c"'],
  ])('refuses %j', (rest, text) => {
    const found = problems(Pod, rest);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(text);
  });

  it('refuses bad metadata', () => {
    expect(problems(Pod, { ...pod({}), metadata: { name: 'A_b' } })[0]).toMatch(/^metadata\.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of/);
    expect(problems(Pod, { ...pod({}), metadata: { name: '' } })).toEqual(['metadata.name: Required value: name or generateName is required']);
    expect(problems(Node, { metadata: { namespace: 'a' } })).toEqual(['metadata.namespace: Forbidden: not allowed on this type']);
    expect(problems(ConfigMap, { metadata: { finalizers: ['mine'] } })).toEqual(['metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified']);
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: '1', controller: true };
    expect(problems(ConfigMap, { metadata: { ownerReferences: [owner, owner] } })[0]).toContain('Only one reference can have Controller set to true.');
    expect(problems(Namespace, { metadata: { name: 'a.b' } })[0]).toContain('must not contain dots');
    expect(problems(ConfigMap, { metadata: { labels: { a: '?' } } })[0]).toMatch(/^metadata\.labels: Invalid value: "\?": a valid label must be an empty string or consist of/);
  });
});

describe('validateCreate of other kinds', () => {
  it.each<[Kind, object, string]>([
    [Deployment, deployment({ replicas: -1 }), 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [Deployment, deployment({ selector: { matchLabels: { app: 'db' } } }), 'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    [Deployment, { spec: { template } }, 'spec.selector: Required value'],
    [Deployment, deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } }), "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    [Deployment, deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }), 'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    [Deployment, deployment({ progressDeadlineSeconds: 5, minReadySeconds: 5 }), 'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds'],
    [Deployment, deployment({ template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }), 'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    [Job, { spec: { template: { spec: { containers: [container] } } } }, 'spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "Never", "OnFailure"'],
    [CronJob, { spec: { schedule: 'x', jobTemplate: { spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } } } } }, 'spec.schedule: Invalid value: "x": expected exactly 5 fields, found 1: [x]'],
    [Service, { spec: {} }, 'spec.ports: Required value'],
    [Service, { spec: { ports: [{ port: 80 }, { port: 81, name: 'b' }] } }, 'spec.ports[0].name: Required value'],
    [Service, { spec: { ports: [{ port: 80, nodePort: 30000 }] } }, "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    [Service, { metadata: { name: '1a' }, spec: { ports: [{ port: 80 }] } }, 'metadata.name: Invalid value: "1a": a DNS-1035 label must consist of'],
    [ConfigMap, { data: { 'a b': '' } }, 'data[a b]: Invalid value: "a b": a valid config key must consist of'],
    [Secret, { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }, 'data[tls.key]: Required value'],
    [Ingress, { spec: { rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'a', port: { number: 80 } } } }] } }] } }, 'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified'],
    [NetworkPolicy, { spec: { podSelector: {}, ingress: [{ from: [{}] }] } }, 'spec.ingress[0].from[0]: Required value: must specify a peer'],
    [ClusterRole, { rules: [{ apiGroups: [''], resources: ['pods'] }] }, 'rules[0].verbs: Required value: verbs must contain at least one value'],
    [RoleBinding, { roleRef: { kind: 'Group', name: 'r' } }, 'roleRef.kind: Unsupported value: "Group": supported values: "ClusterRole", "Role"'],
    [PersistentVolumeClaim, { spec: { accessModes: ['ReadWriteOnce'] } }, 'spec.resources[storage]: Required value'],
    [PodDisruptionBudget, { spec: { minAvailable: 1, maxUnavailable: 1 } }, 'minAvailable and maxUnavailable cannot be both set'],
    [EndpointSlice, { addressType: 'IPv4', endpoints: [{ addresses: ['::1'] }] }, 'endpoints[0].addresses[0]: Invalid value: "::1": must be an IPv4 address'],
    [CustomResourceDefinition, { metadata: { name: 'a.b.c' }, spec: { group: 'b.c', scope: 'Cluster', names: { plural: 'a', kind: 'A' }, versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: {} } }] } }, 'spec.versions: Invalid value: ["v1"]: must have exactly one version marked as storage version'],
    [ValidatingWebhookConfiguration, { webhooks: [{ name: 'a.b.c', clientConfig: { url: 'https://a' }, admissionReviewVersions: ['v1'], sideEffects: 'Some' }] }, 'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    [ValidatingWebhookConfiguration, { webhooks: [{ name: 'a.b.c', admissionReviewVersions: ['v1'], sideEffects: 'None' }] }, 'webhooks[0].clientConfig: Required value'],
  ])('refuses %#', (kind, rest, text) => {
    const found = problems(kind, rest);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(text);
  });

  it('accepts good ones', () => {
    expect(problems(Deployment, deployment())).toEqual([]);
    expect(problems(Service, { spec: { clusterIP: 'None', selector: { a: 'b' } } })).toEqual([]);
    expect(problems(Service, { spec: { type: 'ExternalName', externalName: 'example.org' } })).toEqual([]);
    expect(problems(Job, { spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } } })).toEqual([]);
    const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }];
    const mounting = { ...template, spec: { containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/d' }] }] } };
    expect(problems(StatefulSet, deployment({ serviceName: 's', template: mounting, volumeClaimTemplates: claims }))).toEqual([]);
    expect(problems(ClusterRole, { metadata: { name: 'system:node' }, rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }] })).toEqual([]);
  });

  it('survives objects that hold nothing', () => {
    for (const kind of builtinKinds()) expect(() => validateCreate(kind, object(kind, {}))).not.toThrow();
  });

  it('reads cron expressions', () => {
    for (const good of ['*/5 * * * *', '0 0 1 jan mon-fri', '@daily', '@every 1h30m', '? 1-5/2 * * 0,6']) expect(scheduleError(good)).toBeUndefined();
    for (const bad of ['60 * * * *', '* * 0 * *', '5-1 * * * *', '*/0 * * * *', '@sometimes', 'a * * * *']) expect(scheduleError(bad)).toBeDefined();
  });

  it('joins causes as upstream does', () => {
    expect(describeCauses(validateCreate(Pod, object(Pod, pod({}, { name: '', image: '' }))))).toBe('[spec.containers[0].name: Required value, spec.containers[0].image: Required value]');
  });
});

describe('validateUpdate', () => {
  it.each<[Kind, object, object, string]>([
    [Deployment, deployment({ selector: { matchLabels: { tier: 'a' } }, template: { ...template, metadata: { labels: { tier: 'a' } } } }), deployment(), 'spec.selector: Invalid value: {"matchLabels":{"tier":"a"}}: field is immutable'],
    [Pod, pod({ hostNetwork: true }), pod({}), 'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`'],
    [Pod, pod({}), pod({ tolerations: [{ operator: 'Exists' }] }), 'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
    [ConfigMap, { immutable: true, data: { a: '2' } }, { immutable: true, data: { a: '1' } }, 'data: Forbidden: field is immutable when `immutable` is set'],
    [Secret, { type: 'b' }, { type: 'a' }, 'type: Invalid value: "b": field is immutable'],
    [Service, { spec: { clusterIP: '10.0.0.2', ports: [{ port: 80 }] } }, { spec: { clusterIP: '10.0.0.1', ports: [{ port: 80 }] } }, 'spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set'],
    [StatefulSet, deployment({ serviceName: 'b' }), deployment({ serviceName: 'a' }), "spec: Forbidden: updates to statefulset spec for fields other than 'replicas'"],
    [RoleBinding, { roleRef: { kind: 'Role', name: 'b' } }, { roleRef: { kind: 'Role', name: 'a' } }, 'roleRef: Invalid value: {"kind":"Role","name":"b","apiGroup":"rbac.authorization.k8s.io"}: cannot change roleRef'],
    [ConfigMap, { metadata: { uid: 'v' } }, {}, 'metadata.uid: Invalid value: "v": field is immutable'],
  ])('refuses %#', (kind, next, old, text) => {
    const found = changes(kind, next, old);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(text);
  });

  it('allows what may change', () => {
    const more = { tolerations: [{ operator: 'Exists' }, { key: 'a', operator: 'Exists' }] };
    expect(changes(Pod, pod(more, { image: 'nginx:2', imagePullPolicy: 'Always' }), pod({ tolerations: [{ operator: 'Exists' }] }))).toEqual([]);
    expect(changes(Deployment, deployment({ replicas: 3 }), deployment())).toEqual([]);
    const old = object(Pod, pod({}));
    const debugged = object(Pod, pod({ ephemeralContainers: [{ name: 'debug', image: 'busybox' }] }));
    expect(validateUpdate(Pod, debugged, old, { subresource: 'ephemeralcontainers' })).toEqual([]);
    expect(validateUpdate(Pod, debugged, old)).toHaveLength(1);
    const resized = object(Pod, pod({}, { resources: { requests: { cpu: '1' } } }));
    expect(validateUpdate(Pod, resized, old, { subresource: 'resize' })).toEqual([]);
  });
});
