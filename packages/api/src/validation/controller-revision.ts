import type { ControllerRevision } from '../apps/v1/index.ts';
import type { Causes } from './causes.ts';
import { checkImmutable, checkNonNegative } from './rules.ts';

/** A ControllerRevision. */
export function checkControllerRevision({ data, revision }: ControllerRevision, causes: Causes): void {
  if (data === undefined || data === null) causes.required('data', 'data is mandatory');
  checkNonNegative(revision, 'revision', causes);
}

/** A change to a ControllerRevision: it remembers what was. */
export function checkControllerRevisionChange(next: ControllerRevision, old: ControllerRevision, causes: Causes): void {
  checkImmutable(next.data, old.data, 'data', causes);
}
