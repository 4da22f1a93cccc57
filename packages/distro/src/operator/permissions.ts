import { SelfSubjectAccessReview } from '@keelson/api/authorization/v1';
import { newObject } from '@keelson/client';
import type { ApiClient, Plugin, PluginRule } from '@keelson/sdk';

/** One thing that a rule asks for. */
interface Need {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly verb: string;
  readonly name: string | undefined;
}

/** Reviews in flight at a time. */
const parallel = 8;

/**
 * What the client's user may not do of what the plugin's rules ask for, as texts like `delete pods`; empty when it may
 * do everything. Rejects when the server cannot be asked.
 */
export async function missingPermissions(plugin: Plugin, api: ApiClient): Promise<readonly string[]> {
  const queue = (plugin.rbac ?? []).flatMap(needsOf);
  const missing = new Set<string>();
  const order = queue.map(describe);
  const waiting = queue.values();
  const worker = async (): Promise<void> => {
    for (const need of waiting) if (!(await isAllowed(need, api))) missing.add(describe(need));
  };
  await Promise.all(Array.from({ length: Math.min(parallel, queue.length) }, worker));
  return [...new Set(order)].filter((text) => missing.has(text));
}

function needsOf({ groups, resources, verbs, names }: PluginRule): Need[] {
  return groups.flatMap((group) => resources.flatMap((path) => {
    const [resource = '', subresource] = path.split('/');
    return verbs.flatMap((verb) => (names ?? [undefined]).map((name) => ({ group, resource, subresource, verb, name })));
  }));
}

async function isAllowed({ group, resource, subresource, verb, name }: Need, api: ApiClient): Promise<boolean> {
  const resourceAttributes = { group, resource, verb, ...(subresource === undefined ? {} : { subresource }), ...(name === undefined ? {} : { name }) };
  const review = await api.create(newObject(SelfSubjectAccessReview, { spec: { resourceAttributes } }));
  return review.status?.allowed === true;
}

function describe({ group, resource, subresource, verb, name }: Need): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}${name === undefined ? '' : ` "${name}"`}`;
}
