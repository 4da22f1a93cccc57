import { Binding } from '@keelson/api/core/v1';
import type { ApiContext } from '../context.ts';
import { badRequest } from '../api-errors.ts';
import { decodeBody } from '../handlers/body.ts';
import type { ApiRequest, Reply } from '../request.ts';
import { bindPod } from './pod-binding.ts';

/** `POST bindings`: the old way to bind, the pod named by the Binding's own name. */
export async function bindByName(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const { name } = decodeBody(request, Binding).metadata;
  if (name === undefined || name === '') throw badRequest('metadata.name: Required value');
  const pods = context.registry.find('', 'v1', 'pods')!;
  await pods.storage!.cache.ready();
  return bindPod(context, { ...request, resource: pods, name, subresource: 'binding' });
}
