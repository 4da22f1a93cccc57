import type { ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject } from '@keelson/api/rbac/v1';
import type { UserInfo } from '@keelson/sdk/auth';
import { serviceAccountUserName } from '../authentication/identity.ts';
import { effectiveRules } from './aggregation.ts';
import type { RbacChange, RbacObject, RbacSource } from './rbac-source.ts';
import { compileRule, type CompiledRule } from './rule.ts';

type RulesByRole = Map<string, readonly CompiledRule[]>;

/** Roles that a subject is bound to: binding key → role key. */
interface Grants {
  readonly cluster: Map<string, string>;
  readonly namespaces: Map<string, Map<string, string>>;
}

interface Bound {
  readonly subjects: readonly string[];
  readonly namespace: string | undefined;
}

/**
 * Roles and bindings arranged by subject. A change touches only the entries it speaks of; `epoch` grows with each, so
 * that whoever caches decisions knows when to forget them.
 */
export class RbacIndex {
  private readonly grants = new Map<string, Grants>();
  private readonly bindings = new Map<string, Bound>();
  private readonly roles: RulesByRole = new Map();
  private readonly clusterRoles = new Map<string, ClusterRole>();
  private readonly own = new Map<string, readonly CompiledRule[]>();
  private aggregatesStale = false;
  private version = 0;

  /** Fills the index from a source and follows it; returns the way to stop. */
  follow(source: RbacSource): () => void {
    const stop = source.onChange((change) => this.apply(change));
    for (const object of source.list()) this.put(object);
    return stop;
  }

  get epoch(): number {
    return this.version;
  }

  /** Applies one change. */
  apply(change: RbacChange): void {
    if (change.type === 'put') this.put(change.object);
    else this.remove(change.object);
  }

  /** Cluster-wide rules of a user by name that no object grants (a plugin's manifest); undefined removes them. */
  setOwnRules(user: string, rules: readonly PolicyRule[] | undefined): void {
    this.version += 1;
    if (rules === undefined) this.own.delete(user);
    else this.own.set(user, rules.map(compileRule));
  }

  /** Calls `visit` with each rule of the user that holds cluster-wide or, if given, in the namespace, until it returns true. */
  visit(user: UserInfo, namespace: string | undefined, visit: (rule: CompiledRule, clusterWide: boolean) => boolean): boolean {
    if (this.aggregatesStale) this.refreshAggregates();
    for (const rule of this.own.get(user.name) ?? []) if (visit(rule, true)) return true;
    if (this.visitSubject(`u:${user.name}`, namespace, visit)) return true;
    for (const group of user.groups) if (this.visitSubject(`g:${group}`, namespace, visit)) return true;
    return false;
  }

  /** Roles that bindings of the user name and that do not exist, as `clusterrole.rbac.authorization.k8s.io "x"`. */
  missingRoles(user: UserInfo, namespace: string | undefined): readonly string[] {
    const missing = new Set<string>();
    for (const subject of [`u:${user.name}`, ...user.groups.map((group) => `g:${group}`)]) {
      const grants = this.grants.get(subject);
      const bound = [...(grants?.cluster.values() ?? []), ...(namespace === undefined ? [] : (grants?.namespaces.get(namespace)?.values() ?? []))];
      for (const role of bound) if (!this.roles.has(role)) missing.add(describeRole(role));
    }
    return [...missing].sort();
  }

  /** Present rules of a role that a binding names; undefined when there is no such role. */
  rulesOf(reference: RoleRef, namespace: string | undefined): readonly PolicyRule[] | undefined {
    if (this.aggregatesStale) this.refreshAggregates();
    return this.roles.get(roleKey(reference, namespace))?.map((rule) => rule.source);
  }

  private visitSubject(subject: string, namespace: string | undefined, visit: (rule: CompiledRule, clusterWide: boolean) => boolean): boolean {
    const grants = this.grants.get(subject);
    if (grants === undefined) return false;
    for (const role of grants.cluster.values()) {
      for (const rule of this.roles.get(role) ?? []) if (visit(rule, true)) return true;
    }
    const local = namespace === undefined ? undefined : grants.namespaces.get(namespace);
    for (const role of local?.values() ?? []) {
      for (const rule of this.roles.get(role) ?? []) if (visit(rule, false)) return true;
    }
    return false;
  }

  private put(object: RbacObject): void {
    this.version += 1;
    const { name, namespace = '' } = object.metadata;
    switch (object.kind) {
      case 'ClusterRole':
        this.clusterRoles.set(name, object as ClusterRole);
        this.roles.set(`c:${name}`, ((object as ClusterRole).rules ?? []).map(compileRule));
        this.aggregatesStale = true;
        break;
      case 'Role':
        this.roles.set(`r:${namespace}/${name}`, ((object as ClusterRole).rules ?? []).map(compileRule));
        break;
      default:
        this.bind(object as RoleBinding | ClusterRoleBinding);
    }
  }

  private remove(object: RbacObject): void {
    this.version += 1;
    const { name, namespace = '' } = object.metadata;
    switch (object.kind) {
      case 'ClusterRole':
        this.clusterRoles.delete(name);
        this.roles.delete(`c:${name}`);
        this.aggregatesStale = true;
        break;
      case 'Role':
        this.roles.delete(`r:${namespace}/${name}`);
        break;
      default:
        this.unbind(bindingKey(object));
    }
  }

  private bind(binding: RoleBinding | ClusterRoleBinding): void {
    const key = bindingKey(binding);
    this.unbind(key);
    const namespace = binding.kind === 'ClusterRoleBinding' ? undefined : (binding.metadata.namespace ?? '');
    const role = roleKey(binding.roleRef, namespace);
    const subjects = (binding.subjects ?? []).flatMap((subject) => subjectKey(subject, namespace) ?? []);
    for (const subject of subjects) this.rolesFor(subject, namespace).set(key, role);
    this.bindings.set(key, { subjects, namespace });
  }

  private unbind(key: string): void {
    const bound = this.bindings.get(key);
    if (bound === undefined) return;
    this.bindings.delete(key);
    for (const subject of bound.subjects) {
      const grants = this.grants.get(subject);
      if (grants === undefined) continue;
      if (bound.namespace === undefined) grants.cluster.delete(key);
      else {
        const local = grants.namespaces.get(bound.namespace);
        local?.delete(key);
        if (local?.size === 0) grants.namespaces.delete(bound.namespace);
      }
      if (grants.cluster.size === 0 && grants.namespaces.size === 0) this.grants.delete(subject);
    }
  }

  private rolesFor(subject: string, namespace: string | undefined): Map<string, string> {
    let grants = this.grants.get(subject);
    if (grants === undefined) this.grants.set(subject, (grants = { cluster: new Map(), namespaces: new Map() }));
    if (namespace === undefined) return grants.cluster;
    let local = grants.namespaces.get(namespace);
    if (local === undefined) grants.namespaces.set(namespace, (local = new Map()));
    return local;
  }

  /** Enforces aggregation at once, whether or not a controller has written the rules into the object yet. */
  private refreshAggregates(): void {
    this.aggregatesStale = false;
    for (const role of this.clusterRoles.values()) {
      if (role.aggregationRule === undefined || role.aggregationRule === null) continue;
      this.roles.set(`c:${role.metadata.name}`, effectiveRules(role, this.clusterRoles.values()).map(compileRule));
    }
  }
}

function bindingKey(binding: RbacObject): string {
  return binding.kind === 'ClusterRoleBinding' ? `c:${binding.metadata.name}` : `r:${binding.metadata.namespace ?? ''}/${binding.metadata.name}`;
}

function roleKey(reference: RoleRef, namespace: string | undefined): string {
  return reference.kind === 'Role' ? `r:${namespace ?? ''}/${reference.name}` : `c:${reference.name}`;
}

function describeRole(key: string): string {
  const [resource, name] = key.startsWith('c:') ? ['clusterrole', key.slice(2)] : ['role', key.slice(key.indexOf('/') + 1)];
  return `${resource}.rbac.authorization.k8s.io "${name}"`;
}

/** A service account is a user by another name, so both share one key. */
function subjectKey(subject: Subject, bindingNamespace: string | undefined): string | undefined {
  if (subject.kind === 'User') return `u:${subject.name}`;
  if (subject.kind === 'Group') return `g:${subject.name}`;
  if (subject.kind !== 'ServiceAccount') return undefined;
  const namespace = subject.namespace ?? bindingNamespace;
  return namespace === undefined || namespace === '' ? undefined : `u:${serviceAccountUserName(namespace, subject.name)}`;
}
