import { labelSelector } from '@keelson/api/selectors';
import { Eviction, PodDisruptionBudget } from '@keelson/api/policy/v1';
import type { Pod } from '@keelson/api/core/v1';
import { StatusError } from '@keelson/sdk';
import type { ApiContext } from '../context.ts';
import { internalError, notFound } from '../api-errors.ts';
import { decodeBody, isDryRun } from '../handlers/body.ts';
import { deleteWith } from '../handlers/delete.ts';
import { deleteOptions } from '../handlers/delete-options.ts';
import { keyOf, storageOf } from '../handlers/get.ts';
import { changeObject } from '../handlers/update.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';

/** `POST pods/NAME/eviction`: a deletion that the pod's disruption budget must allow (429 otherwise). */
export async function evictPod(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const eviction = decodeBody(request, Eviction);
  const options = deleteOptions({ body: { type: 'object', value: eviction['deleteOptions'] ?? {} }, query: request.query });
  const pod = storageOf(request).cache.get(keyOf(request))?.object as Pod | undefined;
  if (pod === undefined) throw notFound(request.resource.kind, request.name!);
  if (needsBudget(pod)) await spendBudget(context, request, pod, options.dryRun || isDryRun(request));
  await deleteWith(context, { ...request, verb: 'delete', subresource: '' }, options);
  return { type: 'object', code: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}

/** A pod that is finished, not started or on its way out disrupts nobody. */
function needsBudget(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending' && pod.metadata.deletionTimestamp === undefined;
}

async function spendBudget(context: ApiContext, request: ApiRequest, pod: Pod, dryRun: boolean): Promise<void> {
  const served = context.registry.findKind('policy', 'v1', 'PodDisruptionBudget')!;
  await served.storage!.cache.ready();
  const budgets = context.lookup
    .list(PodDisruptionBudget, request.namespace)
    .filter(({ spec }) => spec?.selector !== undefined && labelSelector(spec.selector).matches(pod.metadata.labels));
  if (budgets.length === 0) return;
  if (budgets.length > 1) throw internalError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const name = budgets[0]!.metadata.name!;
  const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  if (!ready && budgets[0]!.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return;
  if (dryRun) return;
  const budgetRequest: ApiRequest = { ...request, resource: served, name, subresource: 'status', verb: 'update', body: undefined, user: context.self };
  await changeObject(context, budgetRequest, {
    unconditional: true,
    produce(_current, fresh) {
      const budget = fresh() as unknown as PodDisruptionBudget & MutableObject;
      const status = budget.status;
      if (status === undefined || (status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) {
        throw tooMany(`The disruption budget ${name} is still being processed by the server.`, 10);
      }
      const allowed = status.disruptionsAllowed ?? 0;
      if (allowed <= 0) {
        throw tooMany(`The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`);
      }
      status.disruptionsAllowed = allowed - 1;
      status.disruptedPods = { ...status.disruptedPods, [pod.metadata.name!]: new Date(context.clock.now()).toISOString() };
      return budget;
    },
  });
}

function tooMany(why: string, retryAfterSeconds?: number): StatusError {
  return new StatusError('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message: why }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
