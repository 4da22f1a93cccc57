/** Field numbers of io.k8s.api.batch.v1; the notation is that of layout.ts. */
export const batchV1 = `
CronJob metadata=1 spec=2 status=3
CronJobList metadata=1 items=2
CronJobSpec schedule=1 startingDeadlineSeconds=2? concurrencyPolicy=3 suspend=4? jobTemplate=5 successfulJobsHistoryLimit=6? failedJobsHistoryLimit=7? timeZone=8?
CronJobStatus active=1 lastScheduleTime=4? lastSuccessfulTime=5?
Job metadata=1 spec=2 status=3
JobCondition type=1 status=2 lastProbeTime=3 lastTransitionTime=4 reason=5 message=6
JobList metadata=1 items=2
JobSpec parallelism=1? completions=2? activeDeadlineSeconds=3? selector=4? manualSelector=5? template=6 backoffLimit=7? ttlSecondsAfterFinished=8? completionMode=9? suspend=10? podFailurePolicy=11? backoffLimitPerIndex=12? maxFailedIndexes=13? podReplacementPolicy=14? managedBy=15? successPolicy=16?
JobStatus conditions=1 startTime=2? completionTime=3? active=4 succeeded=5 failed=6 completedIndexes=7 uncountedTerminatedPods=8? ready=9? failedIndexes=10? terminating=11?
JobTemplateSpec metadata=1 spec=2
PodFailurePolicy rules=1
PodFailurePolicyOnExitCodesRequirement containerName=1? operator=2 values=3
PodFailurePolicyOnPodConditionsPattern type=1 status=2
PodFailurePolicyRule action=1 onExitCodes=2? onPodConditions=3
SuccessPolicy rules=1
SuccessPolicyRule succeededIndexes=1? succeededCount=2?
UncountedTerminatedPods succeeded=1 failed=2
`;
