import type { Affinity, NodeSelectorTerm, PodAffinityTerm, PodSpec, Toleration, TopologySpreadConstraint } from '../core/v1/index.ts';
import { checkLabelValue, checkQualifiedName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkLabels, checkPositive, checkRange, checkSelector } from './rules.ts';

/** Where a pod may run. */
export function checkPlacement(spec: PodSpec, field: string, causes: Causes): void {
  checkLabels(spec.nodeSelector, `${field}.nodeSelector`, causes);
  checkTolerations(spec.tolerations, `${field}.tolerations`, causes);
  checkAffinity(spec.affinity, `${field}.affinity`, causes);
  checkSpread(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`, causes);
}

/** Tolerations of a pod. */
export function checkTolerations(tolerations: readonly Toleration[] | undefined, field: string, causes: Causes): void {
  for (const [index, { key = '', operator = '', value = '', effect, tolerationSeconds }] of (tolerations ?? []).entries()) {
    const at = `${field}[${index}]`;
    if (key !== '') checkForm(key, `${at}.key`, checkQualifiedName, causes);
    else if (operator !== 'Exists') causes.invalid(`${at}.operator`, operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') causes.invalid(`${at}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set");
    if (operator === 'Exists') {
      if (value !== '') causes.invalid(`${at}.operator`, value, 'value must be empty when `operator` is \'Exists\'');
    } else if (operator === 'Equal' || operator === '') checkForm(value, `${at}.operator`, checkLabelValue, causes);
    else if (operator !== 'Lt' && operator !== 'Gt') causes.notSupported(`${at}.operator`, operator, ['Equal', 'Exists']);
    checkEnum(effect, `${at}.effect`, ['NoExecute', 'NoSchedule', 'PreferNoSchedule'], causes);
  }
}

function checkAffinity(affinity: Affinity | undefined, field: string, causes: Causes): void {
  const node = affinity?.nodeAffinity;
  const required = node?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required !== undefined) {
    const at = `${field}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    if ((required.nodeSelectorTerms ?? []).length === 0) causes.required(at, 'must have at least one node selector term');
    for (const [index, term] of (required.nodeSelectorTerms ?? []).entries()) checkNodeTerm(term, `${at}[${index}]`, causes);
  }
  for (const [index, { weight, preference }] of (node?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
    const at = `${field}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    checkRange(weight, `${at}.weight`, [1, 100], causes);
    checkNodeTerm(preference, `${at}.preference`, causes);
  }
  for (const part of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = affinity?.[part];
    for (const [index, term] of (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      checkPodTerm(term, `${field}.${part}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`, causes);
    }
    for (const [index, { weight, podAffinityTerm }] of (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      const at = `${field}.${part}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      checkRange(weight, `${at}.weight`, [1, 100], causes);
      checkPodTerm(podAffinityTerm, `${at}.podAffinityTerm`, causes);
    }
  }
}

/** A term of a node selector. */
export function checkNodeTerm(term: NodeSelectorTerm | undefined, field: string, causes: Causes): void {
  for (const [index, { key, operator, values = [] }] of (term?.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    const count = (values ?? []).length;
    if (operator === 'In' || operator === 'NotIn') {
      if (count === 0) causes.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (count > 0) causes.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else if (operator === 'Gt' || operator === 'Lt') {
      if (count !== 1) causes.required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
    } else causes.invalid(`${at}.operator`, operator, 'not a valid selector operator');
    checkForm(key ?? '', `${at}.key`, checkQualifiedName, causes);
  }
  for (const [index, { key, operator, values = [] }] of (term?.matchFields ?? []).entries()) {
    const at = `${field}.matchFields[${index}]`;
    if (operator !== 'In' && operator !== 'NotIn') causes.invalid(`${at}.operator`, operator, 'not a valid selector operator');
    else if ((values ?? []).length !== 1) causes.required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    if (key !== 'metadata.name') causes.invalid(`${at}.key`, key, 'not a valid field selector key');
  }
}

function checkPodTerm(term: PodAffinityTerm | undefined, field: string, causes: Causes): void {
  if (term === undefined) return;
  checkSelector(term.labelSelector, `${field}.labelSelector`, causes);
  checkSelector(term.namespaceSelector, `${field}.namespaceSelector`, causes);
  if (!term.topologyKey) causes.required(`${field}.topologyKey`, 'can not be empty');
  else checkForm(term.topologyKey, `${field}.topologyKey`, checkQualifiedName, causes);
}

function checkSpread(constraints: readonly TopologySpreadConstraint[] | undefined, field: string, causes: Causes): void {
  const seen = new Set<string>();
  for (const [index, constraint] of (constraints ?? []).entries()) {
    const at = `${field}[${index}]`;
    checkPositive(constraint.maxSkew ?? 0, `${at}.maxSkew`, causes);
    if (!constraint.topologyKey) causes.required(`${at}.topologyKey`, 'can not be empty');
    checkEnum(constraint.whenUnsatisfiable, `${at}.whenUnsatisfiable`, ['DoNotSchedule', 'ScheduleAnyway'], causes, true);
    checkPositive(constraint.minDomains, `${at}.minDomains`, causes);
    checkEnum(constraint.nodeAffinityPolicy, `${at}.nodeAffinityPolicy`, ['Honor', 'Ignore'], causes);
    checkEnum(constraint.nodeTaintsPolicy, `${at}.nodeTaintsPolicy`, ['Honor', 'Ignore'], causes);
    checkSelector(constraint.labelSelector, `${at}.labelSelector`, causes);
    const id = `{${constraint.topologyKey}, ${constraint.whenUnsatisfiable}}`;
    if (seen.has(id)) causes.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, id);
    seen.add(id);
  }
}
