import { controllerOf, controllerReference, type KubeObject } from '@keelson/api';
import { KeelsonError } from '@keelson/sdk';

/**
 * The object with `owner` as its managing controller. Throws `KEEL_OWNED` when another controller manages it:
 * two controllers of one object would undo each other.
 */
export function setControllerReference<T extends KubeObject>(owner: KubeObject, object: T): T {
  const present = controllerOf(object);
  if (present !== undefined && present.uid !== owner.metadata.uid) {
    throw new KeelsonError('KEEL_OWNED', `object ${object.metadata.name} is already owned by ${present.kind} ${present.name}: release it there first`);
  }
  const others = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid);
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...others, controllerReference(owner)] } };
}
