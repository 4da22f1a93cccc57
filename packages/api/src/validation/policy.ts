import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from '../autoscaling/v1/index.ts';
import type { HorizontalPodAutoscaler, MetricSpec } from '../autoscaling/v2/index.ts';
import type { CertificateSigningRequest } from '../certificates/v1/index.ts';
import type { Lease } from '../coordination/v1/index.ts';
import type { PodDisruptionBudget } from '../policy/v1/index.ts';
import type { PriorityClass } from '../scheduling/v1/index.ts';
import { checkDns1123Subdomain, checkPathSegment } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkCountOrPercent, checkEnum, checkForm, checkImmutable, checkNonNegative, checkPositive, checkSelector } from './rules.ts';

/** A PodDisruptionBudget. */
export function checkPodDisruptionBudget({ spec = {} }: PodDisruptionBudget, causes: Causes): void {
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) causes.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set');
  checkCountOrPercent(spec.minAvailable, 'spec.minAvailable', causes, true);
  checkCountOrPercent(spec.maxUnavailable, 'spec.maxUnavailable', causes, true);
  checkEnum(spec.unhealthyPodEvictionPolicy, 'spec.unhealthyPodEvictionPolicy', ['AlwaysAllow', 'IfHealthyBudget'], causes);
  checkSelector(spec.selector, 'spec.selector', causes);
}

/** A HorizontalPodAutoscaler of either version. */
export function checkHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscaler | HorizontalPodAutoscalerV1, causes: Causes): void {
  const { minReplicas, maxReplicas = 0, scaleTargetRef } = spec ?? {};
  if (minReplicas !== undefined && minReplicas < 1) causes.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1');
  if (maxReplicas < 1) causes.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0');
  if (minReplicas !== undefined && maxReplicas < minReplicas) causes.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`');
  for (const part of ['kind', 'name'] as const) {
    const value = scaleTargetRef?.[part];
    if (!value) causes.required(`spec.scaleTargetRef.${part}`);
    else checkForm(value, `spec.scaleTargetRef.${part}`, checkPathSegment, causes);
  }
  if (spec !== undefined && 'metrics' in spec) for (const [index, metric] of (spec.metrics ?? []).entries()) checkMetric(metric, `spec.metrics[${index}]`, causes);
}

const metricSources = { ContainerResource: 'containerResource', External: 'external', Object: 'object', Pods: 'pods', Resource: 'resource' } as const;

function checkMetric(metric: MetricSpec, field: string, causes: Causes): void {
  checkEnum(metric.type, `${field}.type`, Object.keys(metricSources), causes, true);
  const part = metricSources[metric.type as keyof typeof metricSources];
  if (part === undefined) return;
  const source = metric[part];
  if (source === undefined) {
    causes.required(`${field}.${part}`, `must populate information for the given metric source`);
    return;
  }
  const { target } = source;
  checkEnum(target?.type, `${field}.${part}.target.type`, ['AverageValue', 'Utilization', 'Value'], causes, true);
  checkPositive(target?.averageUtilization, `${field}.${part}.target.averageUtilization`, causes);
  if ('name' in source && !source.name) causes.required(`${field}.${part}.name`, 'must specify a resource name');
}

/** A Lease. */
export function checkLease({ spec = {} }: Lease, causes: Causes): void {
  checkPositive(spec.leaseDurationSeconds, 'spec.leaseDurationSeconds', causes);
  checkNonNegative(spec.leaseTransitions, 'spec.leaseTransitions', causes);
  checkEnum(spec.strategy, 'spec.strategy', ['OldestEmulationVersion'], causes);
}

/** Priorities above this belong to the system. */
const highestUserPriority = 1_000_000_000;
const systemClasses: Readonly<Record<string, number>> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

/** A PriorityClass. */
export function checkPriorityClass({ metadata, value = 0, preemptionPolicy }: PriorityClass, causes: Causes): void {
  if (metadata.name?.startsWith('system-') && systemClasses[metadata.name] !== value) {
    causes.forbidden('metadata.name', "priority class names with 'system-' prefix are reserved for system use only");
  } else if (!metadata.name?.startsWith('system-') && value > highestUserPriority) {
    causes.forbidden('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`);
  }
  checkEnum(preemptionPolicy, 'preemptionPolicy', ['Never', 'PreemptLowerPriority'], causes);
}

/** A change to a PriorityClass. */
export function checkPriorityClassChange(next: PriorityClass, old: PriorityClass, causes: Causes): void {
  if (next.value !== old.value) causes.forbidden('value', 'may not be changed in an update.');
  checkImmutable(next.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy', causes);
}

/** A CertificateSigningRequest; reading the request itself needs cryptography, which the server does. */
export function checkCertificateSigningRequest({ spec }: CertificateSigningRequest, causes: Causes): void {
  if (!spec?.request) causes.required('spec.request');
  if ((spec?.usages ?? []).length === 0) causes.required('spec.usages');
  const signer = spec?.signerName ?? '';
  if (signer === '') causes.required('spec.signerName');
  else {
    const [domain = '', ...path] = signer.split('/');
    if (path.length !== 1) causes.invalid('spec.signerName', signer, 'must be a fully qualified domain and path of the form "example.com/signer-name"');
    checkForm(domain, 'spec.signerName', checkDns1123Subdomain, causes);
  }
  if (spec?.expirationSeconds !== undefined && spec.expirationSeconds < 600) {
    causes.invalid('spec.expirationSeconds', spec.expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)');
  }
}

/** A change to a CertificateSigningRequest. */
export function checkCertificateSigningRequestChange(next: CertificateSigningRequest, old: CertificateSigningRequest, causes: Causes): void {
  checkImmutable(next.spec, old.spec, 'spec', causes);
}
