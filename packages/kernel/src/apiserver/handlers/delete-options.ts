import type { DeleteOptions } from '@keelson/api';
import { StatusError } from '@keelson/sdk';
import { badRequest } from '../api-errors.ts';
import type { ApiRequest } from '../request.ts';
import { parseBody } from './body.ts';

/** `meta/v1.DeleteOptions` from the body, or from the query where the body is empty. */
export interface DeleteRequest {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan' | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly dryRun: boolean;
}

/** Errors: 400 for malformed options, 422 for unsupported values. */
export function deleteOptions(request: Pick<ApiRequest, 'body' | 'query'>): DeleteRequest {
  const body = (parseBody(request.body, { apiVersion: 'v1', kind: 'DeleteOptions' }) ?? {}) as DeleteOptions;
  if (typeof body !== 'object' || Array.isArray(body)) throw badRequest('the body of a delete must be DeleteOptions');
  const query = request.query;
  const grace = body.gracePeriodSeconds ?? numberOf(query.get('gracePeriodSeconds'));
  if (grace !== undefined && !Number.isInteger(grace)) throw badRequest('gracePeriodSeconds must be an integer');
  const orphan = body.orphanDependents ?? (query.get('orphanDependents') === undefined ? undefined : query.get('orphanDependents') === 'true');
  const policy = body.propagationPolicy ?? query.get('propagationPolicy') ?? (orphan === undefined ? undefined : orphan ? 'Orphan' : 'Background');
  if (policy !== undefined && policy !== 'Background' && policy !== 'Foreground' && policy !== 'Orphan') {
    throw new StatusError(
      'Invalid',
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: ${JSON.stringify(policy)}: DeletionPropagation need to be one of "Foreground", "Background", "Orphan" or nil`,
    );
  }
  return {
    gracePeriodSeconds: grace === undefined ? undefined : Math.max(0, grace),
    propagationPolicy: policy,
    uid: body.preconditions?.uid,
    resourceVersion: body.preconditions?.resourceVersion,
    dryRun: body.dryRun?.includes('All') ?? false,
  };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return value;
}
