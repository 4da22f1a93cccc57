import { objectKey } from '@keelson/api';
import type { Ingress } from '@keelson/api/networking/v1';
import type { IngressBackend, IngressCertificate, IngressHost, IngressPath, IngressRouting } from '@keelson/sdk/ingress';
import { backendKey, type BackendRef, type BackendResolver } from './backend-resolver.ts';
import { byAge, byPrecedence, rulesOf, withoutSlash, type IngressRules } from './ingress-rules.ts';

interface Held {
  readonly ingress: Ingress;
  readonly rules: IngressRules;
}

/** A TLS secret as it is used. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The routing of one proxy. A change rebuilds the hosts that it touches; all others stay the same objects, so that a
 * proxy can tell what is new by comparing.
 */
export class RoutingTable {
  readonly #ingresses = new Map<string, Held>();
  readonly #hosts = new Map<string, IngressHost>();
  readonly #byHost = new Map<string, Set<string>>();
  /** Ingresses that use a backend. */
  readonly #users = new Map<string, Set<string>>();

  constructor(
    private readonly backends: BackendResolver,
    private readonly certificate: (secret: string) => CertificatePair | undefined,
  ) {}

  has(key: string): boolean {
    return this.#ingresses.has(key);
  }

  /** Ingresses that it routes, oldest first. */
  get ingresses(): readonly Ingress[] {
    return [...this.#ingresses.values()].map(({ ingress }) => ingress).sort(byAge);
  }

  /** Secrets that its Ingresses name. */
  uses(secret: string): boolean {
    return [...this.#ingresses.values()].some(({ rules }) => rules.tls.some((each) => each.secret === secret));
  }

  set(key: string, ingress: Ingress | undefined): void {
    const before = this.#ingresses.get(key);
    const touched = new Set([...(before?.rules.paths ?? [])].map(({ host }) => host));
    if (before !== undefined) this.#unlink(key, before.rules);
    if (ingress === undefined) this.#ingresses.delete(key);
    else {
      const rules = rulesOf(ingress);
      this.#ingresses.set(key, { ingress, rules });
      this.#link(key, rules);
      for (const { host } of rules.paths) touched.add(host);
    }
    for (const host of touched) this.#rebuild(host);
  }

  /** False: nobody here uses the backend. */
  backendChanged(backend: string): boolean {
    const users = this.#users.get(backend);
    if (users === undefined) return false;
    const hosts = new Set([...users].flatMap((key) => this.#ingresses.get(key)!.rules.paths.filter((path) => path.backend !== undefined && backendKey(path.backend) === backend).map(({ host }) => host)));
    for (const host of hosts) this.#rebuild(host);
    return true;
  }

  /** The routing as it is now; frozen. */
  routing(): IngressRouting {
    const withDefault = this.ingresses.map((ingress) => this.#ingresses.get(objectKey(ingress))!.rules.defaultBackend).find((ref) => ref !== undefined);
    return Object.freeze({
      hosts: new Map(this.#hosts),
      certificates: this.#certificates(),
      defaultBackend: withDefault === undefined ? undefined : this.#backend(withDefault),
    });
  }

  #certificates(): readonly IngressCertificate[] {
    const found = new Map<string, IngressCertificate>();
    for (const ingress of this.ingresses) {
      for (const { secret, hosts } of this.#ingresses.get(objectKey(ingress))!.rules.tls) {
        const pair = this.certificate(secret);
        if (pair === undefined) continue;
        const names = hosts.length > 0 ? hosts : [''];
        const known = found.get(secret);
        found.set(secret, { secret, ...pair, hosts: [...new Set([...(known?.hosts ?? []), ...names])] });
      }
    }
    return [...found.values()];
  }

  #rebuild(host: string): void {
    const keys = this.#byHost.get(host);
    if (keys === undefined) {
      this.#hosts.delete(host);
      return;
    }
    const claims = [...keys].map((key) => ({ key, ...this.#ingresses.get(key)! })).sort((a, b) => byAge(a.ingress, b.ingress));
    const paths: IngressPath[] = [];
    const taken = new Set<string>();
    for (const { key, rules } of claims) {
      for (const { host: of, path, match, backend } of rules.paths) {
        const claim = `${match} ${match === 'prefix' ? withoutSlash(path) : path}`;
        if (of !== host || taken.has(claim)) continue;
        taken.add(claim);
        paths.push({ ingress: key, path, match, backend: backend === undefined ? undefined : this.#backend(backend) });
      }
    }
    this.#hosts.set(host, Object.freeze({ host, paths: paths.sort(byPrecedence) }));
  }

  #backend(ref: BackendRef): IngressBackend | undefined {
    return this.backends.find(ref);
  }

  #link(key: string, rules: IngressRules): void {
    for (const { host } of rules.paths) add(this.#byHost, host, key);
    for (const ref of refsOf(rules)) add(this.#users, backendKey(ref), key);
  }

  #unlink(key: string, rules: IngressRules): void {
    for (const { host } of rules.paths) remove(this.#byHost, host, key);
    for (const ref of refsOf(rules)) remove(this.#users, backendKey(ref), key);
  }
}

function refsOf({ paths, defaultBackend }: IngressRules): readonly BackendRef[] {
  return [...paths.map(({ backend }) => backend), defaultBackend].filter((ref): ref is BackendRef => ref !== undefined);
}

function add(index: Map<string, Set<string>>, at: string, key: string): void {
  const keys = index.get(at);
  if (keys === undefined) index.set(at, new Set([key]));
  else keys.add(key);
}

function remove(index: Map<string, Set<string>>, at: string, key: string): void {
  const keys = index.get(at);
  keys?.delete(key);
  if (keys?.size === 0) index.delete(at);
}
