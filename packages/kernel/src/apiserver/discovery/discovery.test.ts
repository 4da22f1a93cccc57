import { builtinKinds, defineKind } from '@keelson/api';
import { Discovery } from './index.ts';

const discovery = new Discovery(builtinKinds(), { serverAddress: '127.0.0.1:6443' });
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
const read = (path: string, accept?: string) => JSON.parse(discovery.answer(path, accept)?.body.toString() ?? 'null') as never;

type Resource = { name: string; singularName: string; namespaced: boolean; kind: string; verbs: string[]; shortNames?: string[]; categories?: string[]; group?: string; version?: string; storageVersionHash?: string };

describe('legacy discovery', () => {
  it('lists versions, groups and a group', () => {
    expect(read('/api')).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const groups = (read('/apis') as { groups: { name: string; preferredVersion: { groupVersion: string }; versions: { version: string }[] }[] }).groups;
    expect(groups.map(({ name }) => name)).toEqual(expect.arrayContaining(['apps', 'batch', 'rbac.authorization.k8s.io', 'coordination.k8s.io']));
    expect(groups.map(({ name }) => name)).not.toContain('');
    expect(groups.find(({ name }) => name === 'autoscaling')).toMatchObject({ preferredVersion: { groupVersion: 'autoscaling/v2' }, versions: [{ version: 'v2' }, { version: 'v1' }] });
    expect(read('/apis/apps')).toMatchObject({ kind: 'APIGroup', name: 'apps', preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } });
  });

  it('lists resources with their subresources', () => {
    const resources = (read('/api/v1') as { resources: Resource[] }).resources;
    expect(resources.find(({ name }) => name === 'pods')).toMatchObject({
      singularName: 'pod', namespaced: true, kind: 'Pod', shortNames: ['po'], categories: ['all'],
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'], storageVersionHash: expect.stringMatching(/^[\w+/]{11}=$/),
    });
    expect(resources.find(({ name }) => name === 'pods/eviction')).toMatchObject({ kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] });
    expect(resources.find(({ name }) => name === 'serviceaccounts/token')).toMatchObject({ kind: 'TokenRequest', group: 'authentication.k8s.io' });
    const apps = (read('/apis/apps/v1') as { resources: Resource[] }).resources;
    expect(apps.find(({ name }) => name === 'deployments/scale')).toMatchObject({ kind: 'Scale', group: 'autoscaling', version: 'v1' });
    expect(resources.find(({ name }) => name === 'scales')).toBeUndefined();
  });

  it.each(['/apis/none', '/apis/apps/v2', '/api/v2', '/apis/apps/v1/x', '/', '/apis//v1', '/other'])('%s is none of it', (path) => {
    expect(discovery.answer(path, undefined)).toBeUndefined();
  });
});

describe('aggregated discovery', () => {
  it('serves everything at once, with a stable etag', () => {
    const answer = discovery.answer('/apis', aggregated);
    expect(answer?.contentType).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(answer?.etag).toMatch(/^"[0-9A-F]{128}"$/);
    expect(discovery.answer('/apis', aggregated)).toBe(answer);
    type Item = { metadata: { name: string }; versions: { version: string; resources: { resource: string; responseKind: { kind: string }; scope: string; subresources?: { subresource: string; responseKind: object }[] }[] }[] };
    const document = read('/apis', aggregated) as { kind: string; items: Item[] };
    expect(document.kind).toBe('APIGroupDiscoveryList');
    const deployments = document.items.find(({ metadata }) => metadata.name === 'apps')?.versions[0]?.resources.find(({ resource }) => resource === 'deployments');
    expect(deployments).toMatchObject({ scope: 'Namespaced', responseKind: { kind: 'Deployment' } });
    expect(deployments?.subresources).toContainEqual({ subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: ['get', 'patch', 'update'] });
    expect((read('/api', aggregated) as { items: Item[] }).items).toHaveLength(1);
  });

  it('answers older clients in their form, and refuses what it does not speak', () => {
    expect(read('/apis', 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList')).toMatchObject({ apiVersion: 'apidiscovery.k8s.io/v2beta1' });
    expect(read('/apis', 'application/json')).toMatchObject({ kind: 'APIGroupList' });
    expect(() => discovery.answer('/apis', 'application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList')).toThrow('only the following media types');
  });

  it('follows the served kinds', () => {
    const changing = new Discovery([], { serverAddress: '' });
    expect(changing.answer('/apis/x.io/v1', undefined)).toBeUndefined();
    const before = changing.answer('/apis', aggregated)?.etag;
    changing.setKinds([defineKind({ group: 'x.io', version: 'v1', kind: 'Widget' })]);
    expect(changing.answer('/apis/x.io/v1', undefined)?.body.toString()).toContain('widgets');
    expect(changing.answer('/apis', aggregated)?.etag).not.toBe(before);
  });
});
