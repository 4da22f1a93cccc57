import type { ApiContext } from '../context.ts';
import { notFound } from '../api-errors.ts';
import type { ApiRequest, Reply } from '../request.ts';

/** Deprecated since 1.19 but still asked for by `kubectl get cs`: the store is the one component that is not a plugin. */
export async function listComponentStatuses(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const status = await storeStatus(context);
  if (request.verb === 'get') {
    if (request.name !== status.metadata.name) throw notFound(request.resource.kind, request.name!);
    return { type: 'object', code: 200, object: status };
  }
  return { type: 'object', code: 200, object: { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: [status] } };
}

async function storeStatus(context: ApiContext) {
  const healthy = await context.store.health().then(
    () => undefined,
    (error: unknown) => String(error),
  );
  return {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name: 'etcd-0', creationTimestamp: null },
    conditions: [{ type: 'Healthy', status: healthy === undefined ? 'True' : 'False', message: healthy === undefined ? 'ok' : '', ...(healthy === undefined ? {} : { error: healthy }) }],
  };
}
