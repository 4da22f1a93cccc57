import type { ApiCall } from '@keelson/sdk';

/** An HTTP request for an API call. */
export interface CallRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string | undefined;
}

const methods: Readonly<Record<ApiCall['verb'], string>> = { get: 'GET', list: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE' };

const patchTypes = Object.freeze({
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
});

/** Writes an API call as HTTP; apply bodies are JSON, which is YAML too. */
export function callRequest(call: ApiCall): CallRequest {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const contentType = body === undefined ? undefined : call.verb === 'patch' ? patchTypes[call.patchType ?? 'merge'] : 'application/json';
  return { method: methods[call.verb], path: pathOf(call), contentType, body };
}

/** Path and query of a call or watch. */
export function pathOf(call: Omit<ApiCall, 'verb' | 'body'>, extra: Readonly<Record<string, string>> = {}): string {
  const parts = [
    ...(call.group === '' ? ['api'] : ['apis', call.group]), call.version,
    ...(call.namespace === undefined ? [] : ['namespaces', call.namespace]), call.plural,
    ...(call.name === undefined ? [] : [call.name]), ...(call.subresource ? call.subresource.split('/') : []),
  ];
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...call.query, ...extra })) if (value !== undefined) query.set(name, value);
  const text = query.toString();
  return `/${parts.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}
