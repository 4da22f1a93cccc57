import type { CustomResourceDefinition } from '../apiextensions/v1/index.ts';
import type { Job } from '../batch/v1/index.ts';
import type { Namespace, Pod } from '../core/v1/index.ts';
import { labelNamespace } from '../defaulting/core.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta/object.ts';
import { emptyStatus } from './initial-status.ts';
import { qosClassOf } from './qos.ts';
import { traitsOf } from './traits.ts';

/** A decoded object before validation: what its type requires may still be missing. */
type Unchecked<T extends { spec: unknown }> = Omit<T, 'spec'> & { spec?: Partial<T['spec']> };

/** Kinds with a status subresource whose creator writes the first status itself. */
const keepsStatusOnCreate = new Set(['v1/Node', 'v1/PersistentVolume', 'v1/PersistentVolumeClaim']);

/**
 * Prepares a decoded, defaulted object for its first write, in place: no status of the client's, generation 1, no
 * deletion marks. The caller has set uid and creationTimestamp.
 */
export function prepareForCreate(kind: Kind, object: KubeObject): void {
  const id = `${kind.apiVersion}/${kind.kind}`;
  const traits = traitsOf(kind);
  const { metadata } = object;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  if (traits.generation) metadata.generation = 1;
  else delete metadata.generation;
  if (traits.status && kind.definition === '') delete (object as { status?: unknown }).status;
  else if (traits.status && !keepsStatusOnCreate.has(id)) (object as { status?: unknown }).status = emptyStatus(kind);
  preparations[id]?.(object as never);
}

const preparations: Readonly<Record<string, (object: never) => void>> = {
  'v1/Pod': (pod: Pod) => {
    pod.status = { phase: 'Pending', qosClass: qosClassOf(pod.spec ?? { containers: [] }) };
  },
  'v1/Namespace': (namespace: Namespace) => {
    namespace.status = { phase: 'Active' };
    labelNamespace(namespace);
    const finalizers = (namespace.spec ??= {}).finalizers ?? [];
    namespace.spec.finalizers = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'];
  },
  'batch/v1/Job': labelPodsOfJob,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': (crd: Unchecked<CustomResourceDefinition>) => {
    crd.status = { storedVersions: (crd.spec?.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name) };
  },
};

/** A Job that brings no selector of its own gets one that only its pods match. */
function labelPodsOfJob({ metadata, spec }: Unchecked<Job>): void {
  if (spec?.template === undefined || spec.manualSelector === true) return;
  const template = (spec.template.metadata ??= {});
  template.labels = {
    ...template.labels,
    'controller-uid': metadata.uid,
    'batch.kubernetes.io/controller-uid': metadata.uid,
    'job-name': metadata.name,
    'batch.kubernetes.io/job-name': metadata.name,
  };
  const selector = (spec.selector ??= {});
  selector.matchLabels = { ...selector.matchLabels, 'batch.kubernetes.io/controller-uid': metadata.uid };
}
