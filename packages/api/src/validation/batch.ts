import type { CronJob, Job, JobSpec } from '../batch/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import type { Causes } from './causes.ts';
import { checkPodTemplate } from './pod.ts';
import { checkEnum, checkImmutable, checkNonNegative, checkRange, checkSelector } from './rules.ts';
import { checkSchedule } from './schedule.ts';

/** A Job; its selector was given by the server unless the client manages it. */
export function checkJob({ spec = {} as JobSpec }: Job, causes: Causes): void {
  checkJobSpec(spec, 'spec', causes);
  if (spec.selector === undefined) causes.required('spec.selector');
  else checkSelector(spec.selector, 'spec.selector', causes);
  const labels = spec.template?.metadata?.labels ?? {};
  const missing = Object.entries(spec.selector?.matchLabels ?? {}).some(([key, value]) => labels[key] !== value);
  if (missing) causes.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
}

function checkJobSpec(spec: JobSpec, field: string, causes: Causes): void {
  for (const part of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    checkNonNegative(spec[part], `${field}.${part}`, causes);
  }
  checkEnum(spec.completionMode, `${field}.completionMode`, ['Indexed', 'NonIndexed'], causes);
  if (spec.completionMode === 'Indexed') {
    if (spec.completions === undefined) causes.required(`${field}.completions`, 'when completion mode is Indexed');
    checkRange(spec.parallelism, `${field}.parallelism`, [0, 100_000], causes);
  } else if (spec.backoffLimitPerIndex !== undefined) {
    causes.invalid(`${field}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, 'requires indexed completion mode');
  }
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    causes.required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  }
  checkEnum(spec.podReplacementPolicy, `${field}.podReplacementPolicy`, ['Failed', 'TerminatingOrFailed'], causes);
  checkFailurePolicy(spec, field, causes);
  checkPodTemplate(spec.template, `${field}.template`, causes);
  const policy = spec.template?.spec?.restartPolicy;
  // Upstream names Always as unsupported because defaulting has already put it in place of nothing.
  if (policy === 'Always') causes.notSupported(`${field}.template.spec.restartPolicy`, policy, ['OnFailure', 'Never']);
  if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    causes.invalid(`${field}.template.spec.restartPolicy`, policy, 'only "Never" is supported when podFailurePolicy is specified');
  }
}

function checkFailurePolicy({ podFailurePolicy }: JobSpec, field: string, causes: Causes): void {
  for (const [index, rule] of (podFailurePolicy?.rules ?? []).entries()) {
    const at = `${field}.podFailurePolicy.rules[${index}]`;
    checkEnum(rule.action, `${at}.action`, ['Count', 'FailIndex', 'FailJob', 'Ignore'], causes, true);
    const conditions = rule.onPodConditions ?? [];
    if (rule.onExitCodes !== undefined && conditions.length > 0) causes.invalid(at, rule, 'specifying both OnExitCodes and OnPodConditions is not supported');
    if (rule.onExitCodes === undefined && conditions.length === 0) causes.invalid(at, rule, 'specifying one of OnExitCodes and OnPodConditions is required');
    if (rule.onExitCodes !== undefined) {
      checkEnum(rule.onExitCodes.operator, `${at}.onExitCodes.operator`, ['In', 'NotIn'], causes, true);
      if ((rule.onExitCodes.values ?? []).length === 0) causes.invalid(`${at}.onExitCodes.values`, rule.onExitCodes.values, 'at least one value is required');
    }
  }
}

/** A change to a Job. */
export function checkJobChange(next: Job, old: Job, causes: Causes): void {
  const elastic = next.spec.completionMode === 'Indexed' && next.spec.completions === next.spec.parallelism;
  if (!elastic) checkImmutable(next.spec.completions, old.spec.completions, 'spec.completions', causes);
  checkImmutable(next.spec.selector, old.spec.selector, 'spec.selector', causes);
  checkTemplateChange(next, old, causes);
  for (const part of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const) {
    checkImmutable(next.spec[part], old.spec[part], `spec.${part}`, causes);
  }
}

/** While a suspended job has not started, queueing controllers may still place its pods. */
function checkTemplateChange(next: Job, old: Job, causes: Causes): void {
  const placeable = old.spec.suspend === true && old.status?.startTime === undefined;
  const frozen = ({ template }: JobSpec) =>
    placeable
      ? { ...template, metadata: { ...template.metadata, labels: undefined, annotations: undefined }, spec: { ...template.spec, nodeSelector: undefined, tolerations: undefined, affinity: undefined, schedulingGates: undefined } }
      : template;
  if (!isEqual(frozen(next.spec), frozen(old.spec))) causes.invalid('spec.template', next.spec.template, 'field is immutable');
}

/** A CronJob. */
export function checkCronJob({ spec = {} as CronJob['spec'] }: CronJob, causes: Causes): void {
  if (!spec.schedule) causes.required('spec.schedule');
  else checkSchedule(spec.schedule, 'spec.schedule', spec.timeZone !== undefined, causes);
  checkTimeZone(spec.timeZone, causes);
  checkNonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds', causes);
  checkEnum(spec.concurrencyPolicy, 'spec.concurrencyPolicy', ['Allow', 'Forbid', 'Replace'], causes, true);
  checkNonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit', causes);
  checkNonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit', causes);
  const job = spec.jobTemplate?.spec;
  if (job === undefined) {
    causes.required('spec.jobTemplate.spec');
    return;
  }
  checkJobSpec(job, 'spec.jobTemplate.spec', causes);
  if (job.manualSelector === true) causes.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']);
}

function checkTimeZone(zone: string | undefined, causes: Causes): void {
  if (zone === undefined) return;
  if (zone === '') {
    causes.invalid('spec.timeZone', zone, 'timeZone must be nil or non-empty string');
    return;
  }
  if (zone.toLowerCase() === 'local') {
    causes.invalid('spec.timeZone', zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
    return;
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    causes.invalid('spec.timeZone', zone, `unknown time zone ${zone}`);
  }
}
