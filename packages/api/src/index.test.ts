import { builtinKinds, defineKind, findKind, objectKey, storageKind, type Draft, type Kind, type ObjectOf } from '@keelson/api';
import { Deployment } from '@keelson/api/apps/v1';
import { Pod, Service } from '@keelson/api/core/v1';
import { definition } from '@keelson/api/schema';

describe('@keelson/api', () => {
  it('gives a kind and its type under one name', () => {
    const draft: Draft<Pod> = { metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const kind: Kind<Pod> = Pod;
    const typed: ObjectOf<typeof Pod>['spec'] = draft.spec;
    expect(typed.containers).toHaveLength(1);
    expect(kind).toMatchObject({ apiVersion: 'v1', plural: 'pods', singular: 'pod', shortNames: ['po'], listKind: 'PodList' });
    expect(Service.subresources.map((subresource) => subresource.name)).toEqual(['proxy', 'status']);
  });

  it('finds kinds by kind name and by plural, and gives each a definition', () => {
    expect(findKind('apps', 'v1', 'Deployment')).toBe(Deployment);
    expect(findKind('apps', 'v1', 'deployments')).toBe(Deployment);
    expect(findKind('apps', 'v1', 'Pod')).toBeUndefined();
    for (const kind of builtinKinds()) expect(definition(kind.definition).fields.has('metadata')).toBe(true);
  });

  it('knows where shared kinds are stored', () => {
    const hpa = findKind('autoscaling', 'v1', 'HorizontalPodAutoscaler') as Kind;
    expect(storageKind(hpa).version).toBe('v2');
    const event = findKind('events.k8s.io', 'v1', 'Event') as Kind;
    expect(storageKind(event).apiVersion).toBe('v1');
    expect(storageKind(Pod)).toBe(Pod);
  });

  it('describes custom kinds with the usual plural', () => {
    const policy = defineKind({ group: 'example.org', version: 'v1', kind: 'BackupPolicy' });
    expect(policy).toMatchObject({ plural: 'backuppolicies', singular: 'backuppolicy', namespaced: true, definition: '' });
    expect(objectKey({ metadata: { namespace: 'a', name: 'b' } })).toBe('a/b');
    expect(objectKey({ name: 'b' })).toBe('b');
  });
});
