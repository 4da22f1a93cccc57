import type { Kind } from '@keelson/api';

/** Name of a kind's definition; for a custom kind its group backwards, version and kind, as upstream names them. */
export function definitionName({ definition, group, version, kind }: Kind): string {
  return definition !== '' ? definition : [...group.split('.').reverse(), version, kind].join('.');
}
