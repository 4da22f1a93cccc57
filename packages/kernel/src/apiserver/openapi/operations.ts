import type { Kind, Subresource } from '@keelson/api';
import { definitionName } from './definition-name.ts';

/** Methods of paths, as the documents name them. */
export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

/** One operation, before it is written in either dialect. */
export interface Operation {
  readonly path: string;
  readonly method: Method;
  /** Value of x-kubernetes-action. */
  readonly action: 'get' | 'list' | 'put' | 'post' | 'patch' | 'delete' | 'deletecollection';
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly operationId: string;
  readonly description: string;
  /** Names of path and query parameters. */
  readonly pathParameters: readonly ('name' | 'namespace')[];
  readonly query: readonly QueryParameter[];
  /** Definition of the request body, if there is one. */
  readonly body: string | undefined;
  /** Definition of the answer. */
  readonly answer: string;
}

export interface QueryParameter {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'integer';
  readonly description: string;
}

const text = (name: string, description: string): QueryParameter => ({ name, type: 'string', description });
const dryRun = text('dryRun', '"All": everything but the write happens.');
const fieldManager = text('fieldManager', 'Name of the actor that makes the change.');
const fieldValidation = text('fieldValidation', 'What happens to unknown and duplicate fields: Ignore, Warn or Strict.');
const force: QueryParameter = { name: 'force', type: 'boolean', description: 'Takes fields over from other managers; apply patches only.' };
const selection: readonly QueryParameter[] = [
  { name: 'allowWatchBookmarks', type: 'boolean', description: 'Asks for BOOKMARK events in a watch.' },
  text('continue', 'Token of the next page, from the previous answer.'),
  text('fieldSelector', 'Restricts the objects by their fields.'),
  text('labelSelector', 'Restricts the objects by their labels.'),
  { name: 'limit', type: 'integer', description: 'Largest number of objects in the answer.' },
  text('resourceVersion', 'Version that the answer is about.'),
  text('resourceVersionMatch', 'How resourceVersion is meant.'),
  { name: 'sendInitialEvents', type: 'boolean', description: 'Starts a watch with the present state.' },
  { name: 'timeoutSeconds', type: 'integer', description: 'Ends the call after that time.' },
  { name: 'watch', type: 'boolean', description: 'Streams changes instead of listing.' },
];
const deletion: readonly QueryParameter[] = [
  dryRun,
  { name: 'gracePeriodSeconds', type: 'integer', description: 'Time that the object gets to end; 0 deletes at once.' },
  text('propagationPolicy', 'What happens to dependents: Orphan, Background or Foreground.'),
];

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Every operation of a kind and its subresources; streams (`connect`) are left out. */
export function operationsOf(kind: Kind, definitionOf: (group: string, version: string, kind: string) => string | undefined): readonly Operation[] {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const collection = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`;
  const scope: readonly 'namespace'[] = kind.namespaced ? ['namespace'] : [];
  const own = { kind: { group: kind.group, version: kind.version, kind: kind.kind }, definition: definitionName(kind) };
  const named: At = { ...own, path: `${collection}/{name}`, pathParameters: ['name', ...scope], suffix: '' };
  const many: At = { ...own, path: collection, pathParameters: scope, suffix: '' };
  const list = `${own.definition}List`;
  const has = (verb: Kind['verbs'][number]) => kind.verbs.includes(verb);
  return [
    ...(has('list') ? [operation(kind, many, 'list', list)] : []),
    ...(has('create') ? [operation(kind, many, 'post')] : []),
    ...(has('deletecollection') ? [operation(kind, many, 'deletecollection', `${meta}.Status`)] : []),
    ...item(kind, named, kind.verbs),
    ...(has('list') && kind.namespaced ? [operation(kind, { ...many, path: `${root}/${kind.plural}`, pathParameters: [], suffix: 'ForAllNamespaces' }, 'list', list)] : []),
    ...kind.subresources.filter((subresource) => subresource.connect !== true).flatMap((subresource) => ofSubresource(kind, named, { subresource, definitionOf })),
  ];
}

interface At {
  readonly kind: Operation['kind'];
  readonly definition: string;
  readonly path: string;
  readonly pathParameters: Operation['pathParameters'];
  readonly suffix: string;
}

function item(kind: Kind, at: At, verbs: readonly string[]): Operation[] {
  return [
    ...(verbs.includes('get') ? [operation(kind, at, 'get')] : []),
    ...(verbs.includes('update') ? [operation(kind, at, 'put')] : []),
    ...(verbs.includes('delete') ? [operation(kind, at, 'delete', `${meta}.Status`)] : []),
    ...(verbs.includes('patch') ? [operation(kind, at, 'patch')] : []),
  ];
}

function ofSubresource(
  kind: Kind,
  named: At,
  { subresource, definitionOf }: { readonly subresource: Subresource; readonly definitionOf: (group: string, version: string, kind: string) => string | undefined },
): Operation[] {
  const body = subresource.body ?? named.kind;
  const definition = subresource.body === undefined ? named.definition : definitionOf(body.group, body.version, body.kind);
  if (definition === undefined) return [];
  const suffix = subresource.name.charAt(0).toUpperCase() + subresource.name.slice(1);
  const at: At = { ...named, kind: body, definition, path: `${named.path}/${subresource.name}`, suffix };
  return [...item(kind, at, subresource.verbs), ...(subresource.verbs.includes('create') ? [operation(kind, at, 'post')] : [])];
}

const verbs: Readonly<Record<Operation['action'], { readonly method: Method; readonly id: string; readonly says: string }>> = {
  get: { method: 'get', id: 'read', says: 'read the specified' },
  list: { method: 'get', id: 'list', says: 'list or watch objects of kind' },
  post: { method: 'post', id: 'create', says: 'create a' },
  put: { method: 'put', id: 'replace', says: 'replace the specified' },
  patch: { method: 'patch', id: 'patch', says: 'partially update the specified' },
  delete: { method: 'delete', id: 'delete', says: 'delete a' },
  deletecollection: { method: 'delete', id: 'deleteCollection', says: 'delete collection of' },
};

const query: Readonly<Record<Operation['action'], readonly QueryParameter[]>> = {
  get: [],
  list: selection,
  post: [dryRun, fieldManager, fieldValidation],
  put: [dryRun, fieldManager, fieldValidation],
  patch: [dryRun, fieldManager, fieldValidation, force],
  delete: deletion,
  deletecollection: [...selection.filter(({ name }) => name !== 'watch' && name !== 'allowWatchBookmarks'), ...deletion],
};

function operation(kind: Kind, at: At, action: Operation['action'], answer = at.definition): Operation {
  const { method, id, says } = verbs[action];
  const groupName = kind.group === '' ? 'Core' : pascal(kind.group.split('.')[0] ?? '');
  const scope = at.pathParameters.includes('namespace') ? 'Namespaced' : '';
  return {
    path: at.path,
    method,
    action,
    kind: at.kind,
    operationId: `${id}${groupName}${pascal(kind.version)}${action === 'deletecollection' ? 'Collection' : ''}${scope}${kind.kind}${at.suffix}`,
    description: `${says} ${kind.kind}`,
    pathParameters: at.pathParameters,
    query: query[action],
    body: { get: undefined, list: undefined, post: at.definition, put: at.definition, patch: `${meta}.Patch`, delete: `${meta}.DeleteOptions`, deletecollection: `${meta}.DeleteOptions` }[action],
    answer,
  };
}

function pascal(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
