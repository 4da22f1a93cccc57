import type { ClusterRole, PolicyRule } from '@keelson/api/rbac/v1';
import type { AccessAttributes, UserInfo } from '@keelson/sdk/auth';
import fc from 'fast-check';
import { bootstrapPolicy, EscalationGuard, forbidden, listRules, planBootstrap, RbacAuthorizer, RbacIndex, type RbacObject } from './index.ts';
import { uncovered } from './covers.ts';
import { parseRule } from './bootstrap/notation.ts';

const user = (name: string, ...groups: string[]): UserInfo => ({ name, groups });
const ask = (who: UserInfo, at: Partial<AccessAttributes>): AccessAttributes => ({
  user: who, verb: 'get', group: '', version: 'v1', resource: '', subresource: '', namespace: undefined, name: undefined, path: undefined, ...at,
});

function make(kind: string, name: string, rest: object, namespace?: string): RbacObject {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, ...rest } as unknown as RbacObject;
}
const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });

function engine(...objects: RbacObject[]) {
  const index = new RbacIndex();
  for (const object of objects) index.apply({ type: 'put', object });
  const authorizer = new RbacAuthorizer(index);
  return { index, authorizer, can: (who: UserInfo, at: Partial<AccessAttributes>) => authorizer.allows(ask(who, at)) };
}

describe('RBAC decisions', () => {
  const rules: PolicyRule[] = [
    { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] },
    { verbs: ['update'], apiGroups: ['*'], resources: ['*/scale'] },
    { verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['a', 'b'] },
    { verbs: ['get'], nonResourceURLs: ['/healthz/*', '/version'] },
  ];
  const { can } = engine(
    make('ClusterRole', 'reader', { rules }),
    make('Role', 'local', { rules: [{ verbs: ['*'], apiGroups: ['apps'], resources: ['*'] }] }, 'ns'),
    make('ClusterRoleBinding', 'b1', { roleRef: roleRef('ClusterRole', 'reader'), subjects: [{ kind: 'User', name: 'ann' }] }),
    make('RoleBinding', 'b2', { roleRef: roleRef('Role', 'local'), subjects: [{ kind: 'Group', name: 'devs' }, { kind: 'ServiceAccount', name: 'bot' }] }, 'ns'),
    make('RoleBinding', 'b3', { roleRef: roleRef('ClusterRole', 'reader'), subjects: [{ kind: 'User', name: 'eve' }] }, 'ns'),
  );
  const ann = user('ann');
  const bot = user('system:serviceaccount:ns:bot', 'system:serviceaccounts');

  it.each<[string, UserInfo, Partial<AccessAttributes>, boolean]>([
    ['cluster-wide rule in any namespace', ann, { resource: 'pods', namespace: 'x' }, true],
    ['cluster-wide rule at cluster scope', ann, { resource: 'pods', verb: 'list' }, true],
    ['another verb', ann, { resource: 'pods', verb: 'delete' }, false],
    ['another group', ann, { resource: 'pods', group: 'metrics.k8s.io' }, false],
    ['a listed subresource', ann, { resource: 'pods', subresource: 'log' }, true],
    ['a subresource that is not listed', ann, { resource: 'pods', subresource: 'exec' }, false],
    ['a subresource of everything', ann, { resource: 'widgets', group: 'x.io', subresource: 'scale', verb: 'update' }, true],
    ['the parent of such a subresource', ann, { resource: 'widgets', group: 'x.io', verb: 'update' }, false],
    ['a named object', ann, { resource: 'configmaps', name: 'b' }, true],
    ['another name', ann, { resource: 'configmaps', name: 'c' }, false],
    ['no name where names are needed', ann, { resource: 'configmaps' }, false],
    ['a path below', ann, { path: '/healthz/ping' }, true],
    ['a path itself', ann, { path: '/version' }, true],
    ['a longer path', ann, { path: '/version/x' }, false],
    ['a group in its namespace', user('dan', 'devs'), { resource: 'deployments', group: 'apps', namespace: 'ns', verb: 'delete' }, true],
    ['a group elsewhere', user('dan', 'devs'), { resource: 'deployments', group: 'apps', namespace: 'other', verb: 'delete' }, false],
    ['a service account of the binding\'s namespace', bot, { resource: 'deployments', group: 'apps', namespace: 'ns' }, true],
    ['a service account of the same name elsewhere', user('system:serviceaccount:other:bot'), { resource: 'deployments', group: 'apps', namespace: 'ns' }, false],
    ['a cluster role through a role binding', user('eve'), { resource: 'pods', namespace: 'ns' }, true],
    ['the same at cluster scope', user('eve'), { resource: 'pods' }, false],
    ['paths through a role binding', user('eve'), { path: '/version' }, false],
    ['masters', user('root', 'system:masters'), { resource: 'anything', verb: 'shred' }, true],
  ])('%s', (_, who, at, expected) => {
    expect(can(who, at)).toBe(expected);
    expect(can(who, at)).toBe(expected); // from what was remembered
  });

  it('follows changes of roles and bindings at once', () => {
    const binding = make('ClusterRoleBinding', 'b', { roleRef: roleRef('ClusterRole', 'r'), subjects: [{ kind: 'User', name: 'zoe' }] });
    const { index, authorizer, can: may } = engine(binding);
    const zoe = user('zoe');
    expect(may(zoe, { resource: 'pods' })).toBe(false);
    expect(authorizer.reason(ask(zoe, { resource: 'pods' }))).toBe('RBAC: clusterrole.rbac.authorization.k8s.io "r" not found');
    index.apply({ type: 'put', object: make('ClusterRole', 'r', { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }) });
    expect(may(zoe, { resource: 'pods' })).toBe(true);
    index.apply({ type: 'put', object: { ...binding, subjects: [{ kind: 'User', name: 'yan' }] } as unknown as RbacObject });
    expect(may(zoe, { resource: 'pods' })).toBe(false);
    expect(may(user('yan'), { resource: 'pods' })).toBe(true);
    index.apply({ type: 'deleted', object: binding });
    expect(may(user('yan'), { resource: 'pods' })).toBe(false);
    index.setOwnRules('plugin', [{ verbs: ['list'], apiGroups: ['apps'], resources: ['deployments'] }]);
    expect(may(user('plugin'), { verb: 'list', group: 'apps', resource: 'deployments' })).toBe(true);
  });

  it('evaluates aggregation, nested too, as labels come and go', () => {
    const label = { 'agg/x': 'true' };
    const aggregate = make('ClusterRole', 'agg', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: label }] } });
    const part = (name: string, resource: string): RbacObject =>
      ({ ...make('ClusterRole', name, { rules: [{ verbs: ['get'], apiGroups: [''], resources: [resource] }] }), metadata: { name, labels: label } }) as unknown as RbacObject;
    const { index, can: may } = engine(aggregate, part('p1', 'pods'), make('ClusterRoleBinding', 'b', { roleRef: roleRef('ClusterRole', 'agg'), subjects: [{ kind: 'User', name: 'zoe' }] }));
    const zoe = user('zoe');
    expect([may(zoe, { resource: 'pods' }), may(zoe, { resource: 'nodes' })]).toEqual([true, false]);
    index.apply({ type: 'put', object: part('p2', 'nodes') });
    expect(may(zoe, { resource: 'nodes' })).toBe(true);
    index.apply({ type: 'deleted', object: part('p1', 'pods') });
    expect(may(zoe, { resource: 'pods' })).toBe(false);
  });
});

describe('refusals', () => {
  it.each<[Partial<AccessAttributes>, string]>([
    [{ verb: 'list', resource: 'pods', namespace: 'y' }, 'pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "y"'],
    [{ verb: 'get', resource: 'deployments', group: 'apps', namespace: 'y', name: 'd', subresource: 'scale' }, 'deployments.apps "d" is forbidden: User "x" cannot get resource "deployments/scale" in API group "apps" in the namespace "y"'],
    [{ verb: 'list', resource: 'nodes' }, 'nodes is forbidden: User "x" cannot list resource "nodes" in API group "" at the cluster scope'],
    [{ verb: 'get', path: '/metrics' }, 'forbidden: User "x" cannot get path "/metrics"'],
  ])('%j', (at, message) => {
    expect(forbidden(ask(user('x'), at))).toMatchObject({ message, httpCode: 403 });
  });
});

describe('handing out permissions', () => {
  const { index, authorizer } = engine(
    make('ClusterRole', 'small', { rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }] }),
    make('ClusterRole', 'big', { rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }),
    make('ClusterRole', 'binder', { rules: [{ verbs: ['bind'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['big'] }] }),
    make('ClusterRoleBinding', 'b1', { roleRef: roleRef('ClusterRole', 'small'), subjects: [{ kind: 'User', name: 'ann' }] }),
    make('ClusterRoleBinding', 'b2', { roleRef: roleRef('ClusterRole', 'binder'), subjects: [{ kind: 'User', name: 'bob' }] }),
  );
  const guard = new EscalationGuard(index, authorizer);
  const wanted = (...rules: PolicyRule[]) => make('Role', 'r', { rules }, 'ns') as ClusterRole;

  it('allows what is held, and names what is not', () => {
    guard.checkRole(user('ann'), wanted({ verbs: ['get'], apiGroups: [''], resources: ['pods'] }));
    expect(() => guard.checkRole(user('ann', 'g1'), wanted({ verbs: ['get', 'delete', 'patch'], apiGroups: [''], resources: ['pods'] }))).toThrow(
      'roles.rbac.authorization.k8s.io "r" is forbidden: user "ann" (groups=["g1"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["delete" "patch"]}',
    );
    const stored = wanted({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] });
    guard.checkRole(user('ann'), { ...stored }, stored);
    guard.checkRole(user('root', 'system:masters'), stored);
  });

  it('binds with the verb bind or with everything held', () => {
    const bind = (role: string) => make('ClusterRoleBinding', 'nb', { roleRef: roleRef('ClusterRole', role), subjects: [] }) as never;
    guard.checkBinding(user('bob'), bind('big'));
    guard.checkBinding(user('ann'), bind('small'));
    expect(() => guard.checkBinding(user('ann'), bind('big'))).toThrow('not currently held');
    expect(() => guard.checkBinding(user('bob'), bind('small'))).toThrow('not currently held');
    expect(() => guard.checkBinding(user('bob'), bind('none'))).toThrow('clusterroles.rbac.authorization.k8s.io "none" not found');
  });

  it('never calls uncovered what a wildcard holder wants, and covers exactly by decision (property)', () => {
    const words = (pool: string[]) => fc.uniqueArray(fc.constantFrom(...pool), { minLength: 1, maxLength: 3 });
    const rule = fc.record({ verbs: words(['get', 'list', '*']), apiGroups: words(['', 'apps', '*']), resources: words(['pods', 'pods/log', 'nodes', '*/log', '*']) });
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 3 }), rule, (held, want) => {
        expect(uncovered([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], [want])).toEqual([]);
        const missing = uncovered(held, [want]);
        // Everything concrete that the covered part allows, the held rules allow.
        const { can } = engine(make('ClusterRole', 'r', { rules: held }), make('ClusterRoleBinding', 'b', { roleRef: roleRef('ClusterRole', 'r'), subjects: [{ kind: 'User', name: 'u' }] }));
        for (const verb of want.verbs) for (const group of want.apiGroups) for (const resource of want.resources) {
          const isMissing = missing.some((part) => part.verbs[0] === verb && part.apiGroups?.[0] === group && part.resources?.[0] === resource);
          const [name = '', subresource = ''] = resource.split('/');
          if (!isMissing && !resource.startsWith('*')) expect(can(user('u'), { verb, group, resource: name, subresource })).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the bootstrap policy', () => {
  const policy = bootstrapPolicy();
  const { index, can } = engine(...policy);
  const anyone = user('x', 'system:authenticated');

  it('has every default object once, marked as such', () => {
    const names = policy.map((object) => `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const name of ['cluster-admin', 'admin', 'edit', 'view', 'system:discovery', 'system:node', 'system:kube-scheduler', 'system:controller:deployment-controller', 'system:controller:generic-garbage-collector']) {
      expect(names).toContain(`ClusterRole//${name}`);
    }
    for (const { metadata } of policy) {
      expect(metadata.labels?.['kubernetes.io/bootstrapping']).toBe('rbac-defaults');
      expect(metadata.annotations?.['rbac.authorization.kubernetes.io/autoupdate']).toBe('true');
    }
  });

  it.each<[string, UserInfo, Partial<AccessAttributes>, boolean]>([
    ['anyone asks the version', user('system:anonymous', 'system:unauthenticated'), { path: '/version' }, true],
    ['anonymous does not discover', user('system:anonymous', 'system:unauthenticated'), { path: '/apis' }, false],
    ['a known user discovers', anyone, { path: '/apis/apps/v1' }, true],
    ['a known user reads no secrets', anyone, { resource: 'secrets', namespace: 'd' }, false],
    ['a known user reviews itself', anyone, { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' }, true],
    ['the scheduler binds', user('system:kube-scheduler'), { verb: 'create', resource: 'pods', subresource: 'binding', namespace: 'd' }, true],
    ['the collector deletes anything', user('system:serviceaccount:kube-system:generic-garbage-collector'), { verb: 'delete', group: 'x.io', resource: 'widgets', namespace: 'd' }, true],
    ['a pod asks for the issuer', user('p', 'system:serviceaccounts'), { path: '/openid/v1/jwks' }, true],
  ])('%s', (_, who, at, expected) => {
    expect(can(who, at)).toBe(expected);
  });

  it('aggregates view into edit into admin', () => {
    for (const [role, resource, expected] of [['view', 'secrets', false], ['view', 'pods', true], ['edit', 'secrets', true], ['edit', 'pods', true], ['admin', 'pods', true]] as const) {
      index.apply({ type: 'put', object: make('RoleBinding', 'probe', { roleRef: roleRef('ClusterRole', role), subjects: [{ kind: 'User', name: 'probe' }] }, 'ns') });
      expect(can(user('probe'), { resource, namespace: 'ns' })).toBe(expected);
    }
    const admin = policy.find((object) => object.kind === 'ClusterRole' && object.metadata.name === 'admin') as ClusterRole;
    expect(admin.rules?.some((rule) => rule.resources?.includes('rolebindings'))).toBe(true);
    expect(admin.rules?.some((rule) => rule.resources?.includes('pods/log'))).toBe(true);
  });

  it('lists rules for a review', () => {
    const rules = listRules(index, anyone, 'default', false);
    expect(rules.resourceRules).toContainEqual({ verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] });
    expect(rules.nonResourceRules[0]?.nonResourceURLs).toBeDefined();
    expect(listRules(index, user('r', 'system:masters'), 'default', false).resourceRules[0]).toEqual({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] });
  });

  it('is reconciled: missing is added, what an administrator changed stays', () => {
    const key = (object: RbacObject) => `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const stored = new Map(policy.map((object) => [key(object), structuredClone(object) as RbacObject]));
    const plan = () => planBootstrap(bootstrapPolicy(), (object) => stored.get(key(object)));
    expect(plan()).toEqual({ create: [], update: [], recreate: [] });
    stored.delete('ClusterRole//view');
    const dns = stored.get('ClusterRole//system:kube-dns') as ClusterRole;
    stored.set('ClusterRole//system:kube-dns', { ...dns, rules: [parseRule('list | core | services'), parseRule('get | core | nodes')] });
    const off = stored.get('ClusterRole//system:heapster') as ClusterRole;
    stored.set('ClusterRole//system:heapster', { ...off, rules: [], metadata: { ...off.metadata, annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } } });
    stored.set('ClusterRoleBinding//system:kube-dns', { ...stored.get('ClusterRoleBinding//system:kube-dns'), roleRef: roleRef('ClusterRole', 'view') } as unknown as RbacObject);
    const found = plan();
    expect(found.create.map(key)).toEqual(['ClusterRole//view']);
    expect(found.recreate.map(({ remove }) => key(remove))).toEqual(['ClusterRoleBinding//system:kube-dns']);
    expect(found.update.map(key)).toEqual(['ClusterRole//system:kube-dns']);
    const rules = (found.update[0] as ClusterRole).rules ?? [];
    expect(rules).toContainEqual(parseRule('get | core | nodes'));
    expect(uncovered(rules, dns.rules ?? [])).toEqual([]);
  });
});
