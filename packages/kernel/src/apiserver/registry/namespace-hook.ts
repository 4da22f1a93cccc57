import type { KindHook } from './kind-hooks.ts';
import type { MutableObject } from '../mutable-object.ts';

type NamespaceFields = { spec?: { finalizers?: string[] }; status?: { phase?: string } };

/** A namespace is born with the finalizer `kubernetes` in its spec and stays until the namespace controller took it off. */
export const namespaceHook: KindHook = {
  beforeCreate(object) {
    const namespace = object as MutableObject & NamespaceFields;
    const finalizers = namespace.spec?.finalizers ?? [];
    namespace.spec = { ...namespace.spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
    namespace.status = { ...namespace.status, phase: 'Active' };
    namespace.metadata.labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name! };
    return undefined;
  },
  beforeUpdate(object) {
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name! };
    return undefined;
  },
  beginDeletion(object) {
    const namespace = object as MutableObject & NamespaceFields;
    namespace.status = { ...namespace.status, phase: 'Terminating' };
  },
  holdsDeletion: (object) => ((object as MutableObject & NamespaceFields).spec?.finalizers?.length ?? 0) > 0,
};
