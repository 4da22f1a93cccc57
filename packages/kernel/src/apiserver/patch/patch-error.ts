import { StatusError } from '@keelson/sdk';

/** The patch itself is malformed: 400. */
export function malformedPatch(message: string): StatusError {
  return new StatusError('BadRequest', message);
}

/** The patch is well-formed but does not apply to the object: 422 as upstream's, with the reason behind it. */
export function inapplicablePatch(message: string): StatusError {
  return new StatusError('Invalid', `the server rejected our request due to an error in our request: ${message}`);
}
