import { Deployment, DaemonSet, StatefulSet } from '../apps/v1/index.ts';
import { HorizontalPodAutoscaler } from '../autoscaling/v2/index.ts';
import { CronJob, Job } from '../batch/v1/index.ts';
import { LimitRange, Namespace, Pod, Secret, Service } from '../core/v1/index.ts';
import type { Kind } from '../kind.ts';
import { builtinKinds } from '../kinds.ts';
import { NetworkPolicy } from '../networking/v1/index.ts';
import { RoleBinding } from '../rbac/v1/index.ts';
import { defaultObject } from './index.ts';

function defaulted(kind: Kind, object: object): unknown {
  const copy = structuredClone(object);
  defaultObject(kind, copy);
  const twice = structuredClone(copy);
  defaultObject(kind, twice);
  expect(twice).toEqual(copy);
  return copy;
}

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };

describe('defaultObject', () => {
  it('completes a pod', () => {
    const pod = defaulted(Pod, {
      metadata: { name: 'p' },
      spec: {
        hostNetwork: true,
        containers: [
          {
            name: 'c', image: 'nginx:1.25', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } },
            livenessProbe: { httpGet: { port: 80 } }, env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          },
        ],
        volumes: [{ name: 'a' }, { name: 'b', secret: { secretName: 's' } }],
      },
    });
    expect(pod).toEqual({
      metadata: { name: 'p' },
      spec: {
        hostNetwork: true, dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', securityContext: {}, terminationGracePeriodSeconds: 30,
        schedulerName: 'default-scheduler', enableServiceLinks: true,
        containers: [
          {
            name: 'c', image: 'nginx:1.25', imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File',
            ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }], resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
            livenessProbe: { httpGet: { port: 80, path: '/', scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
            env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } } }],
          },
        ],
        volumes: [{ name: 'a', emptyDir: {} }, { name: 'b', secret: { secretName: 's', defaultMode: 420 } }],
      },
    });
  });

  it.each([['nginx', 'Always'], ['nginx:latest', 'Always'], ['host:5000/nginx', 'Always'], ['host:5000/nginx:1', 'IfNotPresent'], ['nginx@sha256:abc', 'IfNotPresent']])(
    'pulls %s %s',
    (image, policy) => {
      expect(defaulted(Pod, { metadata: {}, spec: { containers: [{ name: 'c', image }] } })).toMatchObject({ spec: { containers: [{ imagePullPolicy: policy }] } });
    },
  );

  it('completes workloads', () => {
    expect(defaulted(Deployment, { metadata: {}, spec: { template } })).toMatchObject({
      spec: {
        replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: { spec: { restartPolicy: 'Always' } },
      },
    });
    expect(defaulted(Deployment, { metadata: {}, spec: { strategy: { type: 'Recreate' } } })).toMatchObject({ spec: { strategy: { type: 'Recreate' } } });
    expect(defaulted(StatefulSet, { metadata: {}, spec: { volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: {} }] } })).toMatchObject({
      spec: {
        podManagementPolicy: 'OrderedReady', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }],
      },
    });
    expect(defaulted(DaemonSet, { metadata: {}, spec: {} })).toMatchObject({ spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } } });
  });

  it('completes jobs', () => {
    expect(defaulted(Job, { metadata: {}, spec: { template } })).toMatchObject({
      metadata: { labels: { app: 'web' } },
      spec: { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: 'TerminatingOrFailed' },
    });
    const queue = defaulted(Job, { metadata: {}, spec: { parallelism: 3 } }) as Job;
    expect(queue.spec.completions).toBeUndefined();
    expect(defaulted(CronJob, { metadata: {}, spec: { schedule: '* * * * *' } })).toMatchObject({
      spec: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
    });
  });

  it('completes services', () => {
    expect(defaulted(Service, { metadata: {}, spec: { ports: [{ port: 80 }], sessionAffinity: 'ClientIP', type: 'NodePort' } })).toEqual({
      metadata: {},
      spec: {
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
        type: 'NodePort', externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster', ipFamilyPolicy: 'SingleStack',
      },
    });
  });

  it('completes the rest', () => {
    expect(defaulted(Secret, { metadata: {}, stringData: { a: 'é' }, data: { b: 'eA==' } })).toEqual({ metadata: {}, type: 'Opaque', data: { a: 'w6k=', b: 'eA==' } });
    expect(defaulted(Namespace, { metadata: { name: 'n' } })).toEqual({
      metadata: { name: 'n', labels: { 'kubernetes.io/metadata.name': 'n' } }, spec: {}, status: { phase: 'Active' },
    });
    expect(defaulted(NetworkPolicy, { metadata: {}, spec: { egress: [{ ports: [{ port: 53 }] }] } })).toMatchObject({
      spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }] },
    });
    expect(defaulted(RoleBinding, { metadata: {}, roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }, { kind: 'ServiceAccount', name: 's' }] })).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ServiceAccount' }],
    });
    expect(defaulted(LimitRange, { metadata: {}, spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } })).toMatchObject({
      spec: { limits: [{ default: { cpu: '2' }, defaultRequest: { cpu: '2' } }] },
    });
    expect(defaulted(HorizontalPodAutoscaler, { metadata: {}, spec: { maxReplicas: 3, behavior: { scaleDown: { selectPolicy: 'Min' } } } })).toMatchObject({
      spec: { minReplicas: 1, metrics: [{ resource: { name: 'cpu' } }], behavior: { scaleDown: { selectPolicy: 'Min', policies: [{ value: 100 }] } } },
    });
  });

  it('takes every kind without spec', () => {
    for (const kind of builtinKinds()) expect(() => defaultObject(kind, { apiVersion: kind.apiVersion, kind: kind.kind })).not.toThrow();
  });
});
