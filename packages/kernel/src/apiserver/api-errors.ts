import type { Kind, Status, StatusCause } from '@keelson/api';
import { StatusError, type StatusDetails } from '@keelson/sdk';
import { resourceName } from './registry/served-resource.ts';

type Named = Pick<Kind, 'group' | 'plural' | 'kind'>;

const details = (kind: Named, name: string): StatusDetails => ({ name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural });

/** 404 for an object. */
export function notFound(kind: Named, name: string): StatusError {
  return new StatusError('NotFound', `${resourceName(kind)} "${name}" not found`, details(kind, name));
}

/** 404 for a path that nothing serves. */
export function noSuchPath(): StatusError {
  return new StatusError('NotFound', 'the server could not find the requested resource');
}

export function alreadyExists(kind: Named, name: string): StatusError {
  return new StatusError('AlreadyExists', `${resourceName(kind)} "${name}" already exists`, details(kind, name));
}

/** 409 for a write that was made against an older version. */
export function staleWrite(kind: Named, name: string): StatusError {
  return conflict(kind, name, 'the object has been modified; please apply your changes to the latest version and try again');
}

export function conflict(kind: Named, name: string, why: string): StatusError {
  return new StatusError('Conflict', `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`, details(kind, name));
}

export function badRequest(message: string): StatusError {
  return new StatusError('BadRequest', message);
}

export function forbidden(kind: Named, name: string, why: string): StatusError {
  return new StatusError('Forbidden', `${resourceName(kind)} ${name === '' ? '' : `"${name}" `}is forbidden: ${why}`, details(kind, name));
}

/** 422 with one cause per problem, as field validation reports. */
export function invalid(kind: Named, name: string, causes: readonly StatusCause[]): StatusError {
  const texts = causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`);
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return new StatusError('Invalid', `${qualified} "${name}" is invalid: ${list}`, {
    name,
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.kind,
    causes: [...causes],
  });
}

export function methodNotAllowed(): StatusError {
  return new StatusError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

export function internalError(message: string, cause?: unknown): StatusError {
  return new StatusError('InternalError', `Internal error occurred: ${message}`, {}, { cause });
}

/** 410 for a watch or list position that is gone; `continueWith` lets a list go on inconsistently. */
export function expired(message: string, continueWith?: string): StatusError {
  return new ExpiredError(message, continueWith);
}

/** The only Status with list metadata: a token with which the rest of a list can still be read. */
class ExpiredError extends StatusError {
  constructor(
    message: string,
    private readonly continueWith: string | undefined,
  ) {
    super('Expired', message);
  }

  override toStatus(): Status {
    const status = super.toStatus();
    return this.continueWith === undefined ? status : { ...status, metadata: { continue: this.continueWith } };
  }
}
