/**
 * Defaults that the schemas state, by definition and field: those on which keys of lists depend, so that clients and
 * server-side apply find an item whose key member was left out.
 */
const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'io.k8s.api.core.v1.ContainerPort': { protocol: 'TCP' },
  'io.k8s.api.core.v1.ServicePort': { protocol: 'TCP' },
};

/** The stated default of a field, or undefined. */
export function schemaDefault(definition: string, field: string): unknown {
  return defaults[definition]?.[field];
}
