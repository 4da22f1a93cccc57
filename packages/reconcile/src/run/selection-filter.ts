import type { Kind, KubeObject } from '@keelson/api';
import { compileFieldSelector, parseFieldSelector, parseLabelSelector } from '@keelson/api/selectors';
import { KeelsonError, type Selection } from '@keelson/sdk';

/** Tells on this side whether a selection holds an object, as the server would. Throws for a malformed selector. */
export function selectionFilter(kind: Kind<KubeObject>, selection: Selection): (object: KubeObject) => boolean {
  const labels = parseLabelSelector(selection.labelSelector ?? '');
  const fields = parseFieldSelector(selection.fieldSelector ?? '');
  if (!labels.ok || !fields.ok) {
    const message = labels.ok ? (fields.ok ? '' : fields.message) : labels.message;
    throw new KeelsonError('KEEL_CONTROLLER_SELECT', `selection of ${kind.plural} is malformed: ${message}`);
  }
  const byField = compileFieldSelector(kind, fields.value);
  return (object) =>
    (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
    labels.value.matches(object.metadata.labels) &&
    byField(object);
}
