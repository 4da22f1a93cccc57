import { StatusError } from '@keelson/sdk';
import type { AccessAttributes } from '@keelson/sdk/auth';

/** The 403 for a refused request, worded as clients know it. */
export function forbidden(attributes: AccessAttributes, reason?: string): StatusError {
  const text = reason === undefined || reason === '' ? describe(attributes) : `${describe(attributes)}: ${reason}`;
  if (attributes.path !== undefined) return new StatusError('Forbidden', `forbidden: ${text}`);
  const { group, resource, name } = attributes;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const subject = name === undefined || name === '' ? qualified : `${qualified} ${quote(name)}`;
  return new StatusError('Forbidden', `${subject} is forbidden: ${text}`, {
    ...(name === undefined || name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: resource,
  });
}

function describe(attributes: AccessAttributes): string {
  const { user, verb, group, resource, subresource, namespace, path } = attributes;
  if (path !== undefined) return `User ${quote(user.name)} cannot ${verb} path ${quote(path)}`;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined || namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`;
  return `User ${quote(user.name)} cannot ${verb} resource ${quote(full)} in API group ${quote(group)} ${where}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
