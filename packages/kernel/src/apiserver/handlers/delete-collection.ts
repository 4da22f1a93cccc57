import { isStatus } from '@keelson/sdk';
import type { ApiContext } from '../context.ts';
import type { ApiRequest, Reply } from '../request.ts';
import { deleteWith } from './delete.ts';
import { deleteOptions } from './delete-options.ts';
import { listObjects } from './list.ts';

/** Deletes in flight at a time. */
const parallel = 16;

/** DELETE of a collection: each selected object by itself, with the same options. */
export async function deleteCollection(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const options = deleteOptions(request);
  const reply = await listObjects(context, { ...request, body: undefined });
  if (reply.type !== 'list') return reply;
  const queue = reply.list.items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      const one: ApiRequest = { ...request, verb: 'delete', namespace: item.namespace === '' ? undefined : item.namespace, name: item.name, body: undefined };
      try {
        await deleteWith(context, one, options);
      } catch (error) {
        // Gone meanwhile is what was asked for.
        if (!isStatus(error, 'NotFound')) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return reply;
}
