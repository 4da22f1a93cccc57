import type { MatchCondition, RuleWithOperations } from '../admissionregistration/v1/index.ts';
import { checkQualifiedName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkName } from './rules.ts';

const mostConditions = 64;

/** Operations, groups and versions that a webhook or policy hears of. */
export function checkRule({ operations, apiGroups, apiVersions }: RuleWithOperations, field: string, causes: Causes): void {
  const lists = [['operations', operations, 'operations'], ['apiGroups', apiGroups, 'API groups'], ['apiVersions', apiVersions, 'API versions']] as const;
  for (const [part, values = [], words] of lists) {
    if (values.length === 0) causes.required(`${field}.${part}`);
    if (values.length > 1 && values.includes('*')) causes.invalid(`${field}.${part}`, values, `if '*' is present, must not specify other ${words}`);
  }
  for (const [index, version] of (apiVersions ?? []).entries()) if (version === '') causes.required(`${field}.apiVersions[${index}]`);
}

/** Resources and subresources: a pattern leaves no room for what it covers. */
export function checkResources(resources: readonly string[], field: string, causes: Causes): void {
  if (resources.length === 0) causes.required(field);
  const wild = new Set<string>();
  for (const [index, resource] of resources.entries()) {
    if (resource === '') causes.required(`${field}[${index}]`);
    const [name = '', subresource] = resource.split(/\/(.*)/s);
    if (subresource === undefined) continue;
    for (const pattern of [`${name}/*`, `*/${subresource}`]) {
      if (wild.has(pattern)) causes.invalid(`${field}[${index}]`, resource, `if '${pattern}' is present, must not specify ${resource}`);
    }
    if (name === '*' || subresource === '*') wild.add(resource);
  }
  if (resources.length > 1 && resources.includes('*/*')) causes.invalid(field, resources, "if '*/*' is present, must not specify other resources");
  if (resources.includes('*') && resources.some((resource) => resource !== '*' && !resource.includes('/'))) {
    causes.invalid(field, resources, "if '*' is present, must not specify other resources without subresources");
  }
}

/** Conditions of a match, names and presence only: the expressions are compiled where they are used. */
export function checkConditions(conditions: readonly MatchCondition[], field: string, causes: Causes): void {
  if (conditions.length > mostConditions) causes.tooMany(field, conditions.length, mostConditions);
  const names = new Set<string>();
  for (const [index, { name, expression }] of conditions.entries()) {
    if (!expression?.trim()) causes.required(`${field}[${index}].expression`);
    checkName(name, `${field}[${index}].name`, checkQualifiedName, causes);
    if (names.has(name)) causes.duplicate(`${field}[${index}].name`, name);
    names.add(name);
  }
}
