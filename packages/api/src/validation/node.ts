import type { Node } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkLabelValue, checkQualifiedName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkName, isCidr, notACidr } from './rules.ts';

/** A Node. */
export function checkNode({ spec = {} }: Node, causes: Causes): void {
  const seen = new Set<string>();
  for (const [index, { key, value = '', effect }] of (spec.taints ?? []).entries()) {
    const at = `spec.taints[${index}]`;
    checkName(key, `${at}.key`, checkQualifiedName, causes);
    checkForm(value, `${at}.value`, checkLabelValue, causes);
    checkEnum(effect, `${at}.effect`, ['NoExecute', 'NoSchedule', 'PreferNoSchedule'], causes, true);
    const id = `${key}:${effect}`;
    if (seen.has(id)) causes.duplicate(at, { key, value, effect });
    seen.add(id);
  }
  for (const [index, range] of (spec.podCIDRs ?? []).entries()) if (!isCidr(range)) causes.invalid(`spec.podCIDRs[${index}]`, range, notACidr);
}

/** A change to a Node: what was assigned once stays. */
export function checkNodeChange(next: Node, old: Node, causes: Causes): void {
  const oldRanges = old.spec?.podCIDRs ?? [];
  if (oldRanges.length > 0 && !isEqual(next.spec?.podCIDRs, oldRanges)) causes.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
  const oldId = old.spec?.providerID ?? '';
  if (oldId !== '' && next.spec?.providerID !== oldId) causes.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid');
}
