import { Deployment, ReplicaSet } from '../apps/v1/index.ts';
import { CustomResourceDefinition } from '../apiextensions/v1/index.ts';
import { Job } from '../batch/v1/index.ts';
import { Lease } from '../coordination/v1/index.ts';
import { ConfigMap, Namespace, Node, Pod, Service } from '../core/v1/index.ts';
import { builtinKinds } from '../kinds.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta/object.ts';
import { gracePeriodOf, prepareForCreate, prepareForStatusUpdate, prepareForUpdate, qosClassOf, traitsOf } from './index.ts';

function object<T extends KubeObject>(kind: Kind<T>, rest: object): T {
  const { metadata, ...sections } = rest as { metadata?: object };
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x', uid: 'u', resourceVersion: '1', creationTimestamp: 't', ...metadata }, ...sections } as T;
}

function created<T extends KubeObject>(kind: Kind<T>, rest: object): T {
  const made = object(kind, rest);
  prepareForCreate(kind, made);
  return made;
}

describe('strategies', () => {
  it('starts objects without a status of the client', () => {
    expect(created(Deployment, { spec: {}, status: { replicas: 9 }, metadata: { generation: 7, deletionTimestamp: 'x' } })).toEqual(
      object(Deployment, { spec: {}, status: {}, metadata: { generation: 1 } }),
    );
    expect(created(ReplicaSet, { spec: {} }).status).toEqual({ replicas: 0 });
    expect(created(Node, { spec: {}, status: { capacity: { cpu: '1' } } }).status).toEqual({ capacity: { cpu: '1' } });
    expect(created(Namespace, {})).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
    expect(created(ConfigMap, { metadata: { generation: 3 } }).metadata.generation).toBeUndefined();
    expect(created(CustomResourceDefinition, { spec: { versions: [{ name: 'v1', storage: true }, { name: 'v2', storage: false }] } }).status?.storedVersions).toEqual(['v1']);
  });

  it('gives a job the selector of its own pods', () => {
    const job = created(Job, { spec: { template: { metadata: { labels: { a: 'b' } } } } });
    expect(job.spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } });
    expect(job.spec.template.metadata?.labels).toMatchObject({ a: 'b', 'job-name': 'x', 'batch.kubernetes.io/controller-uid': 'u' });
    expect(created(Job, { spec: { manualSelector: true, template: {} } }).spec.selector).toBeUndefined();
  });

  it('counts generations and keeps status on update', () => {
    const old = object(Deployment, { spec: { replicas: 1 }, status: { replicas: 1 }, metadata: { generation: 4 } });
    const labelled = object(Deployment, { spec: { replicas: 1 }, metadata: { generation: 9, uid: 'forged', labels: { a: 'b' } } });
    prepareForUpdate(Deployment, labelled, old);
    expect(labelled).toEqual(object(Deployment, { spec: { replicas: 1 }, status: { replicas: 1 }, metadata: { generation: 4, labels: { a: 'b' } } }));
    const scaled = object(Deployment, { spec: { replicas: 2 } });
    prepareForUpdate(Deployment, scaled, old);
    expect(scaled.metadata.generation).toBe(5);
  });

  it('keeps what was allocated to a service, and the finalizers of a namespace', () => {
    const old = object(Service, { spec: { type: 'NodePort', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ports: [{ port: 80, protocol: 'TCP', nodePort: 30001 }] } });
    const replaced = object(Service, { spec: { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP' }, { port: 81, protocol: 'TCP' }] } });
    prepareForUpdate(Service, replaced, old);
    expect(replaced.spec).toEqual({ ...old.spec, ports: [{ port: 80, protocol: 'TCP', nodePort: 30001 }, { port: 81, protocol: 'TCP' }] });
    const dual = object(Service, { spec: { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' } });
    const plain = object(Service, { spec: {} });
    prepareForUpdate(Service, plain, dual);
    expect(plain.spec).toEqual(dual.spec);
    const external = object(Service, { spec: { type: 'ExternalName', externalName: 'a' } });
    prepareForUpdate(Service, external, old);
    expect(external.spec).toEqual({ type: 'ExternalName', externalName: 'a' });
    const namespace = object(Namespace, {});
    prepareForUpdate(Namespace, namespace, object(Namespace, { spec: { finalizers: ['kubernetes'] } }));
    expect(namespace.spec).toEqual({ finalizers: ['kubernetes'] });
  });

  it('keeps everything but status on a status update', () => {
    const old = object(Pod, { spec: { nodeName: 'a' }, metadata: { generation: 1, labels: { a: 'b' } } });
    const next = object(Pod, { spec: { nodeName: 'b' }, status: { phase: 'Running' }, metadata: { labels: { a: 'c' } } });
    prepareForStatusUpdate(Pod, next, old);
    expect(next).toEqual(object(Pod, { spec: { nodeName: 'a' }, status: { phase: 'Running' }, metadata: { generation: 1, labels: { a: 'c' } } }));
    const crd = object(CustomResourceDefinition, { spec: { group: 'x' }, metadata: { labels: { a: 'c' } } });
    prepareForStatusUpdate(CustomResourceDefinition, crd, object(CustomResourceDefinition, { spec: { group: 'y' } }));
    expect(crd).toEqual(object(CustomResourceDefinition, { spec: { group: 'y' } }));
  });

  it('classifies pods', () => {
    const spec = (resources: object) => ({ containers: [{ name: 'a', resources }] });
    expect(qosClassOf(spec({}))).toBe('BestEffort');
    expect(qosClassOf(spec({ requests: { cpu: '1' } }))).toBe('Burstable');
    expect(qosClassOf(spec({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m' } }))).toBe('Guaranteed');
    expect(qosClassOf(spec({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }))).toBe('Burstable');
  });

  it('waits for the node agent only where something runs', () => {
    const pod = (rest: object) => object(Pod, { spec: { containers: [], ...rest }, status: { phase: 'Running' } });
    expect(gracePeriodOf(Pod, pod({}), undefined)).toBe(0);
    expect(gracePeriodOf(Pod, pod({ nodeName: 'n' }), undefined)).toBe(30);
    expect(gracePeriodOf(Pod, pod({ nodeName: 'n', terminationGracePeriodSeconds: 5 }), undefined)).toBe(5);
    expect(gracePeriodOf(Pod, pod({ nodeName: 'n' }), 0)).toBe(0);
    expect(gracePeriodOf(ConfigMap, object(ConfigMap, {}), 10)).toBe(0);
  });

  it('names only kinds that exist', () => {
    expect(traitsOf(Lease)).toMatchObject({ createOnUpdate: true, unconditionalUpdate: false, generation: false, status: false });
    expect(builtinKinds().filter((kind) => traitsOf(kind).generation).length).toBe(27);
    expect(builtinKinds().filter((kind) => !traitsOf(kind).unconditionalUpdate).length).toBe(17);
  });
});
