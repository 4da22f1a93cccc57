import { LimitRange, PersistentVolumeClaim, Pod } from '@keelson/api/core/v1';
import { admissionForbidden, type AdmissionHandler, type AdmissionRequest } from '@keelson/sdk/admission';
import { isTerminating } from '@keelson/api';
import { claimViolations } from './claim-violations.ts';
import { fillDefaults } from './fill-defaults.ts';
import { podViolations } from './pod-violations.ts';

/**
 * Limit ranges apply to new pods and to new and changed volume claims. Containers of a stored pod cannot change their
 * resources by an update, so judging those updates would only lock pods that are older than their limit range.
 */
export const limitRanger: AdmissionHandler = {
  name: 'limit-ranger',
  handles: { operations: ['CREATE', 'UPDATE'], kinds: [Pod, PersistentVolumeClaim] },
  async mutate(request, lookup) {
    await lookup.ready(LimitRange);
    if (!applies(request) || request.kind.plural !== 'pods') return;
    for (const range of lookup.list(LimitRange, request.namespace)) fillDefaults(request.object as Pod, range);
  },
  async validate(request, lookup) {
    await lookup.ready(LimitRange);
    if (!applies(request)) return;
    for (const range of lookup.list(LimitRange, request.namespace)) {
      const found = request.kind.plural === 'pods' ? podViolations(request.object as Pod, range) : claimViolations(request.object as PersistentVolumeClaim, range);
      const texts = [...new Set(found)];
      if (texts.length > 0) throw admissionForbidden(request, texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`);
    }
  },
};

function applies({ operation, kind, oldObject }: AdmissionRequest): boolean {
  if (oldObject !== undefined && isTerminating(oldObject)) return false;
  return operation === 'CREATE' || kind.plural !== 'pods';
}
