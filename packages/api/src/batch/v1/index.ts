import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  CronJob as CronJobObject, Job as JobObject,
} from '../../../generated/types/batch-v1.ts';

export type {
  CronJobList, CronJobSpec, CronJobStatus, JobCondition, JobList, JobSpec, JobStatus, JobTemplateSpec,
  PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule, SuccessPolicy, SuccessPolicyRule, UncountedTerminatedPods,
} from '../../../generated/types/batch-v1.ts';

const define = kindsOf({ group: 'batch', version: 'v1', package: 'io.k8s.api.batch.v1' });

export type CronJob = CronJobObject;
/** The CronJob kind of batch/v1. */
export const CronJob: Kind<CronJobObject> = define('CronJob', {
  shortNames: ['cj'],
  categories: ['all'],
  subresources: [statusSubresource],
});

export type Job = JobObject;
/** The Job kind of batch/v1. */
export const Job: Kind<JobObject> = define('Job', {
  categories: ['all'],
  subresources: [statusSubresource],
  selectableFields: ['status.successful'],
});
