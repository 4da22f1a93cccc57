import { StatusError } from '@keelson/sdk';
import { eachMember, type FieldSet } from './field-set.ts';
import type { Manager } from './ownership-entry.ts';
import { formatPath } from './path-element.ts';

/** Fields that another manager owns and that a change would take. */
export interface Conflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

/** The 409 that names every contested field and its owner. */
export function applyConflict(conflicts: readonly Conflict[]): StatusError {
  const sorted = [...conflicts].sort((a, b) => (describe(a.manager) < describe(b.manager) ? -1 : 1));
  const listed = sorted.map(({ manager, fields }) => {
    const paths: string[] = [];
    eachMember(fields, (path) => paths.push(formatPath(path)));
    return { owner: describe(manager), paths: paths.sort() };
  });
  const causes = listed.flatMap(({ owner, paths }) => paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })));
  const [only] = listed;
  const text =
    causes.length === 1 && only !== undefined
      ? `1 conflict: conflict with ${only.owner}: ${only.paths.join()}`
      : `${causes.length} conflicts: ${listed.map(({ owner, paths }) => [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)].join('\n')).join('\n')}`;
  return new StatusError('Conflict', `Apply failed with ${text}`, { causes });
}

function describe({ manager, operation, apiVersion, subresource }: Manager): string {
  const name = JSON.stringify(manager) + (subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
