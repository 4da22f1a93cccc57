import { findDefinition } from '../schema/index.ts';
import type { Kind } from '../kind.ts';

/** A status as Go writes an empty one: counters that it always writes are 0. */
export function emptyStatus(kind: Kind): Record<string, unknown> {
  const status = findDefinition(kind.definition)?.fields.get('status')?.schema;
  if (status?.type !== 'ref') return {};
  const zeros: Record<string, unknown> = {};
  for (const field of findDefinition(status.name)?.fields.values() ?? []) {
    if (field.required && field.schema.type === 'integer') zeros[field.name] = 0;
  }
  if (kind.kind === 'Service' && kind.group === '') zeros['loadBalancer'] = {};
  return zeros;
}
