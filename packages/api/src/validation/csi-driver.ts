import type { CSIDriver } from '../storage/v1/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkImmutable } from './rules.ts';

const shortestSeconds = 600;
const longestSeconds = 2 ** 32;

/** A CSIDriver. */
export function checkCSIDriver({ spec = {} }: CSIDriver, causes: Causes): void {
  checkEnum(spec.fsGroupPolicy, 'spec.fsGroupPolicy', ['File', 'None', 'ReadWriteOnceWithFSType'], causes);
  for (const [index, mode] of (spec.volumeLifecycleModes ?? []).entries()) {
    checkEnum(mode, `spec.volumeLifecycleModes[${index}]`, ['Ephemeral', 'Persistent'], causes, true);
  }
  const audiences = new Set<string>();
  for (const [index, { audience = '', expirationSeconds: seconds }] of (spec.tokenRequests ?? []).entries()) {
    const at = `spec.tokenRequests[${index}]`;
    if (audiences.has(audience)) causes.duplicate(`${at}.audience`, audience);
    audiences.add(audience);
    if (seconds === undefined) continue;
    if (seconds < shortestSeconds) causes.invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes');
    if (seconds > longestSeconds) causes.invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds');
  }
}

/** A change to a CSIDriver: its volumes were made for what it can do. */
export function checkCSIDriverChange(next: CSIDriver, old: CSIDriver, causes: Causes): void {
  // Upstream spells the first path so.
  checkImmutable(next.spec?.attachRequired, old.spec?.attachRequired, 'spec.attachedRequired', causes);
  checkImmutable(next.spec?.volumeLifecycleModes, old.spec?.volumeLifecycleModes, 'spec.volumeLifecycleModes', causes);
}
