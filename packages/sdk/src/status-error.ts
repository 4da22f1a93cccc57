import type { Status, StatusCause } from '@keelson/api';
import { KeelsonError } from './errors.ts';

/** Reasons of `meta/v1.Status`, as the API conventions name them. */
export type StatusReason =
  | 'BadRequest' | 'Unauthorized' | 'Forbidden' | 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Gone' | 'Expired' | 'Invalid'
  | 'MethodNotAllowed' | 'NotAcceptable' | 'UnsupportedMediaType' | 'RequestEntityTooLarge' | 'TooManyRequests'
  | 'ServerTimeout' | 'Timeout' | 'InternalError' | 'ServiceUnavailable' | 'Unknown';

const codes: Readonly<Record<StatusReason, number>> = {
  BadRequest: 400, Unauthorized: 401, Forbidden: 403, NotFound: 404, AlreadyExists: 409, Conflict: 409, Gone: 410, Expired: 410,
  Invalid: 422, MethodNotAllowed: 405, NotAcceptable: 406, UnsupportedMediaType: 415, RequestEntityTooLarge: 413,
  TooManyRequests: 429, ServerTimeout: 500, Timeout: 504, InternalError: 500, ServiceUnavailable: 503, Unknown: 500,
};

/** What a Status tells about its object beside the message. */
export interface StatusDetails {
  readonly group?: string;
  /** For most reasons the plural resource, for Invalid the kind, as upstream fills it. */
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A failed API call; carries exactly the `Status` that a client gets. */
export class StatusError extends KeelsonError {
  readonly httpCode: number;
  constructor(
    readonly reason: StatusReason,
    message: string,
    readonly details: StatusDetails = {},
    options: ErrorOptions & { readonly httpCode?: number } = {},
  ) {
    super(`KEEL_API_${reason.toUpperCase()}`, message, options);
    this.httpCode = options.httpCode ?? codes[reason];
  }

  /** The wire form. */
  toStatus(): Status {
    const details = this.details;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason === 'Unknown' ? '' : this.reason,
      ...(Object.keys(details).length === 0 ? {} : { details: { ...details, ...(details.causes ? { causes: [...details.causes] } : {}) } }),
      code: this.httpCode,
    } as Status;
  }
}

/** Builds the error that a received `Status` stands for. */
export function statusErrorFrom(status: Status): StatusError {
  const known = status.reason !== undefined && status.reason in codes;
  return new StatusError(known ? (status.reason as StatusReason) : 'Unknown', status.message ?? 'unknown error', (status.details ?? {}) as StatusDetails, {
    httpCode: status.code ?? 500,
  });
}

/** True if `error` is an API failure with that reason, from any copy of this package. */
export function isStatus(error: unknown, reason: StatusReason): boolean {
  return typeof error === 'object' && error !== null && 'toStatus' in error && (error as { reason?: unknown }).reason === reason;
}
