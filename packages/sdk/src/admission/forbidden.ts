import type { Kind, KubeObject, StatusCause } from '@keelson/api';
import { StatusError } from '../status-error.ts';

/** The part of an admission request that names its object. */
interface NamedRequest {
  readonly kind: Pick<Kind, 'group' | 'plural'>;
  readonly name: string | undefined;
  readonly object: KubeObject | undefined;
}

/** 403 as admission refuses: `pods "web-1" is forbidden: why`. An object without a name yet is called by its generateName. */
export function admissionForbidden(request: NamedRequest, why: string, causes: readonly StatusCause[] = []): StatusError {
  const { group, plural } = request.kind;
  const { name: own, generateName } = request.object?.metadata ?? {};
  const name = [request.name, own, generateName].find((text) => text !== undefined && text !== '') ?? 'Unknown';
  const details = { name, ...(group === '' ? {} : { group }), kind: plural, ...(causes.length === 0 ? {} : { causes }) };
  return new StatusError('Forbidden', `${group === '' ? plural : `${plural}.${group}`} "${name}" is forbidden: ${why}`, details);
}
