import { policyRule, type Plugin } from '@keelson/sdk';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Inspection } from '../inspect.ts';
import { definitionsOf } from '../kinds/definition-of.ts';

/** Name of the identity that a plugin acts as. */
export function pluginIdentity(name: string): string {
  return `system:keelson:plugin:${name}`;
}

/** Name of the role with a plugin's rules; names of objects hold no slash. */
export function pluginRole(name: string): string {
  return pluginIdentity(name).replace('/', ':');
}

/** What runs, as data: every plugin in start order with its version, edges and points. */
export function pluginsDocument({ resolved, plugins }: Inspection): string {
  const rows = plugins.map(({ name, version, kind, summary, edges, fills }) => ({ name, version, kind, summary, startsAfter: edges.map(({ to, via }) => ({ plugin: to, via })), fills, why: resolved.plugins.get(name)?.why ?? [] }));
  return `${JSON.stringify({ distribution: resolved.name, version: resolved.version, plugins: rows }, undefined, 2)}\n`;
}

/** A ClusterRole and its binding for each plugin that asks for permissions; what an operator outside the cluster needs. */
export function rbacDocument({ resolved }: Inspection): string {
  const documents = sorted(resolved.plugins.values()).flatMap((plugin) => {
    if ((plugin.rbac ?? []).length === 0) return [];
    const name = pluginRole(plugin.name);
    const group = 'rbac.authorization.k8s.io';
    return [
      { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name }, rules: (plugin.rbac ?? []).map(policyRule) },
      { apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: { name }, roleRef: { apiGroup: group, kind: 'ClusterRole', name }, subjects: [{ apiGroup: group, kind: 'User', name: pluginIdentity(plugin.name) }] },
    ];
  });
  return yamlStream(documents);
}

/** The kinds that plugins own, as the CustomResourceDefinitions that the host creates before they start. */
export function crdsDocument({ resolved }: Inspection): string {
  return yamlStream(sorted(resolved.plugins.values()).flatMap((plugin) => definitionsOf(plugin.crds ?? [], plugin.name)));
}

/** JSON Schema of the deployment settings that the distribution takes. */
export function settingsSchema({ resolved }: Inspection): string {
  const properties = Object.fromEntries(sorted(resolved.plugins.values()).flatMap((plugin) => (plugin.config === undefined ? [] : [[plugin.name, configSchema(plugin)]])));
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `settings of ${resolved.name} ${resolved.version}`,
    type: 'object',
    properties: { plugins: { type: 'object', properties, additionalProperties: false } },
    additionalProperties: false,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** As it is written by hand: defaults need not be given, and neither what the distribution configures already. */
function configSchema(plugin: Plugin): object {
  const { $schema, required, ...schema } = z.toJSONSchema(plugin.config!, { io: 'input', unrepresentable: 'any' });
  return { description: plugin.summary, ...schema };
}

function sorted(listed: Iterable<{ readonly plugin: Plugin }>): readonly Plugin[] {
  return [...listed].map(({ plugin }) => plugin).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function yamlStream(documents: readonly object[]): string {
  // An empty file looks like a failure.
  return documents.length === 0 ? '# none\n' : documents.map((document) => stringify(document)).join('---\n');
}
