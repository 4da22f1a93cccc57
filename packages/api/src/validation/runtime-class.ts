import type { RuntimeClass } from '../node/v1/index.ts';
import { checkDns1123Label } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkTolerations } from './placement.ts';
import { checkResources } from './resources.ts';
import { checkForm, checkImmutable, checkLabels } from './rules.ts';

/** A RuntimeClass. */
export function checkRuntimeClass({ handler, overhead, scheduling }: RuntimeClass, causes: Causes): void {
  checkForm(handler ?? '', 'handler', checkDns1123Label, causes);
  if (overhead?.podFixed !== undefined) checkResources({ limits: overhead.podFixed }, 'overhead', causes);
  if (scheduling === undefined) return;
  checkLabels(scheduling.nodeSelector, 'scheduling.nodeSelector', causes);
  checkTolerations(scheduling.tolerations, 'scheduling.tolerations', causes);
}

/** A change to a RuntimeClass. */
export function checkRuntimeClassChange(next: RuntimeClass, old: RuntimeClass, causes: Causes): void {
  checkImmutable(next.handler, old.handler, 'handler', causes);
}
