import { Namespace } from '@keelson/api/core/v1';
import type { ApiContext } from '../context.ts';
import { decodeBody } from '../handlers/body.ts';
import { changeObject } from '../handlers/update.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';

/** `PUT namespaces/NAME/finalize`: changes `spec.finalizers` only; the namespace goes when none is left. */
export async function finalizeNamespace(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const wanted = decodeBody(request, Namespace) as MutableObject;
  const finalizers = ((wanted['spec'] as { finalizers?: string[] } | undefined)?.finalizers ?? []).slice();
  return changeObject(context, { ...request, verb: 'update' }, {
    unconditional: (wanted.metadata.resourceVersion ?? '') === '',
    produce(_current, fresh) {
      const next = fresh();
      next['spec'] = { ...(next['spec'] as object | undefined), finalizers };
      if (wanted.metadata.resourceVersion !== undefined) next.metadata.resourceVersion = wanted.metadata.resourceVersion;
      return next;
    },
  });
}
