import type { LimitRange, PersistentVolumeClaim } from '@keelson/api/core/v1';
import { maximumRequest, minimum } from './constraints.ts';

/** Texts of everything in the volume claim that breaks the range. */
export function claimViolations(claim: PersistentVolumeClaim, range: LimitRange): readonly string[] {
  const requests = claim.spec.resources?.requests ?? {};
  return (range.spec?.limits ?? [])
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap(({ type, min = {}, max = {} }) => [
      ...Object.keys(min).sort().map((resource) => minimum({ type, resource, enforced: min[resource]! }, requests, {})),
      ...Object.keys(max).sort().map((resource) => maximumRequest({ type, resource, enforced: max[resource]! }, requests)),
    ])
    .filter((text) => text !== undefined);
}
