import type { ConfigMap, Container, EnvVar, Pod, Secret, Service } from '@keelson/api/core/v1';
import { RuntimeFault } from '@keelson/sdk/runtime';
import { expand } from './expand.ts';
import { fieldRef, type PodAddresses } from './field-ref.ts';
import { resourceFieldRef } from './resource-field-ref.ts';
import { serviceEnv } from './service-env.ts';

/** Where the values of variables come from. */
export interface EnvSources {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  /** Services of a namespace, from the local cache, ordered by name. */
  services(namespace: string): readonly Service[];
  /** Of the pod's node. */
  readonly allocatable: Readonly<Record<string, string>>;
}

type Variable = { readonly name: string; readonly value: string };

/**
 * The environment of a container: services, then `envFrom`, then `env`, later ones winning. Rejects with a
 * `RuntimeFault` of kind `config` in upstream's words when a reference leads nowhere.
 */
export async function buildEnv(pod: Pod, container: Container, addresses: PodAddresses, sources: EnvSources): Promise<readonly Variable[]> {
  const values = new Map<string, string>();
  for (const { name, value } of serviceEnv(visibleServices(pod, sources))) values.set(name, value);
  const data = dataReader(pod.metadata.namespace ?? '', sources);
  for (const source of container.envFrom ?? []) {
    const reference = source.configMapRef ?? source.secretRef;
    if (reference === undefined) continue;
    const found = await data(source.configMapRef === undefined ? 'secret' : 'configmap', reference.name ?? '', reference.optional === true);
    for (const [key, value] of Object.entries(found ?? {})) values.set((source.prefix ?? '') + key, value);
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom === undefined ? expand(variable.value ?? '', values) : await referenced(variable, { pod, container, addresses, sources, data });
    if (value !== undefined) values.set(variable.name, value);
  }
  return [...values].map(([name, value]) => ({ name, value }));
}

/** Upstream: the services of the pod's namespace if it wants links; `kubernetes` of `default` always. */
function visibleServices(pod: Pod, sources: EnvSources): readonly Service[] {
  const namespace = pod.metadata.namespace ?? '';
  const linked = pod.spec.enableServiceLinks === false ? [] : sources.services(namespace);
  const master = sources.services('default').filter(({ metadata }) => metadata.name === 'kubernetes');
  return namespace === 'default' && linked.length > 0 ? linked : [...master, ...linked];
}

type DataReader = (kind: 'configmap' | 'secret', name: string, optional: boolean) => Promise<Readonly<Record<string, string>> | undefined>;

function dataReader(namespace: string, sources: EnvSources): DataReader {
  return async (kind, name, optional) => {
    const object = kind === 'configmap' ? await sources.configMap(namespace, name) : await sources.secret(namespace, name);
    if (object === undefined) {
      if (optional) return undefined;
      throw new RuntimeFault('config', `${kind} "${name}" not found`);
    }
    const data = object.data ?? {};
    return kind === 'configmap' ? data : Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decodeBase64(value)]));
  };
}

interface ReferenceContext {
  readonly pod: Pod;
  readonly container: Container;
  readonly addresses: PodAddresses;
  readonly sources: EnvSources;
  readonly data: DataReader;
}

async function referenced({ valueFrom }: EnvVar, { pod, container, addresses, sources, data }: ReferenceContext): Promise<string | undefined> {
  const { configMapKeyRef, secretKeyRef, fieldRef: field, resourceFieldRef: resource } = valueFrom ?? {};
  if (field !== undefined) return fieldRef(pod, field.fieldPath, addresses) ?? fail(`unsupported fieldPath: ${field.fieldPath}`);
  if (resource !== undefined) return resourceFieldRef(pod, container.name, resource, sources.allocatable) ?? fail(`unsupported container resource : ${resource.resource}`);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference === undefined) return undefined;
  const kind = configMapKeyRef === undefined ? 'secret' : 'configmap';
  const found = await data(kind, reference.name ?? '', reference.optional === true);
  const value = found !== undefined && Object.hasOwn(found, reference.key) ? found[reference.key] : undefined;
  if (value !== undefined || reference.optional === true) return value;
  return fail(`couldn't find key ${reference.key} in ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${pod.metadata.namespace ?? ''}/${reference.name ?? ''}`);
}

function fail(message: string): never {
  throw new RuntimeFault('config', message);
}

function decodeBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
