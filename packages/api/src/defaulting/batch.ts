import type { CronJob, Job, JobSpec } from '../batch/v1/index.ts';
import { defaultPodTemplate } from './pod.ts';
import { each, setAbsent, setZero } from './set-default.ts';

/** Largest int32: with a limit per index the global one must not end the job first. */
const unlimited = 2_147_483_647;

/** Defaults of a Job. */
export function defaultJob(job: Job): void {
  if (job.spec === undefined) return;
  defaultJobSpec(job.spec);
  const labels = job.spec.template?.metadata?.labels;
  if (labels !== undefined && Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = { ...labels };
}

function defaultJobSpec(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  setAbsent(spec, 'parallelism', 1);
  setAbsent(spec, 'backoffLimit', spec.backoffLimitPerIndex === undefined ? 6 : unlimited);
  setAbsent(spec, 'completionMode', 'NonIndexed');
  setAbsent(spec, 'suspend', false);
  each(spec.podFailurePolicy?.rules, (rule) => each(rule.onPodConditions, (condition) => setZero(condition, 'status', 'True')));
  setAbsent(spec, 'podReplacementPolicy', spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed');
  defaultPodTemplate(spec.template);
}

/** Defaults of a CronJob; its job template keeps what it does not say, for the Job's own defaulting. */
export function defaultCronJob({ spec }: CronJob): void {
  if (spec === undefined) return;
  setZero(spec, 'concurrencyPolicy', 'Allow');
  setAbsent(spec, 'suspend', false);
  setAbsent(spec, 'successfulJobsHistoryLimit', 3);
  setAbsent(spec, 'failedJobsHistoryLimit', 1);
  defaultPodTemplate(spec.jobTemplate?.spec?.template);
}
