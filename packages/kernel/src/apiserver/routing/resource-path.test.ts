import { parseResourcePath } from './resource-path.ts';

const base = { group: '', version: 'v1', namespace: undefined, name: undefined, subresource: '', rest: '', watch: false };

describe('parseResourcePath', () => {
  it.each([
    ['/api/v1/pods', { ...base, plural: 'pods' }],
    ['/api/v1/namespaces', { ...base, plural: 'namespaces' }],
    ['/api/v1/namespaces/a', { ...base, plural: 'namespaces', name: 'a' }],
    ['/api/v1/namespaces/a/finalize', { ...base, plural: 'namespaces', name: 'a', subresource: 'finalize' }],
    ['/api/v1/namespaces/a/pods', { ...base, plural: 'pods', namespace: 'a' }],
    ['/api/v1/namespaces/a/pods/b', { ...base, plural: 'pods', namespace: 'a', name: 'b' }],
    ['/api/v1/namespaces/a/pods/b/log', { ...base, plural: 'pods', namespace: 'a', name: 'b', subresource: 'log' }],
    ['/api/v1/namespaces/a/services/b/proxy/x/y', { ...base, plural: 'services', namespace: 'a', name: 'b', subresource: 'proxy', rest: '/x/y' }],
    ['/apis/apps/v1/namespaces/a/deployments/b/scale', { ...base, group: 'apps', plural: 'deployments', namespace: 'a', name: 'b', subresource: 'scale' }],
    ['/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode', { ...base, group: 'rbac.authorization.k8s.io', plural: 'clusterroles', name: 'system:node' }],
    ['/api/v1/watch/pods', { ...base, plural: 'pods', watch: true }],
  ])('reads %s', (path, expected) => {
    expect(parseResourcePath(path)).toEqual(expected);
  });

  it.each(['/', '/api', '/api/v1', '/api/v1/', '/apis', '/apis/apps', '/apis/apps/v1', '/version', '/openapi/v2'])('leaves %s to others', (path) => {
    expect(parseResourcePath(path)).toBeUndefined();
  });
});
