import type { Pod } from '@keelson/api/core/v1';
import { badRequest } from '../api-errors.ts';

/** The container that a client means. Errors: 400 in upstream's words. */
export function containerIn({ metadata, spec }: Pod, asked: string | undefined): string {
  const names = spec.containers.map(({ name }) => name);
  const others = [...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map(({ name }) => name);
  if (asked !== undefined && asked !== '') {
    if (!names.includes(asked) && !others.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
    return asked;
  }
  if (names.length === 1 && others.length === 0) return names[0]!;
  const inits = (spec.initContainers ?? []).map(({ name }) => name);
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]${inits.length === 0 ? '' : ` or one of the init containers: [${inits.join(' ')}]`}`);
}
