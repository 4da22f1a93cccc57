import { Binding, type Pod } from '@keelson/api/core/v1';
import type { ApiContext } from '../context.ts';
import { badRequest, conflict } from '../api-errors.ts';
import { decodeBody } from '../handlers/body.ts';
import { timestamp } from '../handlers/timestamp.ts';
import { changeObject } from '../handlers/update.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';

/** `POST pods/NAME/binding`: assigns a pod to a node, once. */
export async function bindPod(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const binding = decodeBody(request, Binding);
  const target = binding['target'] as { kind?: string; name?: string } | undefined;
  if (target?.name === undefined || target.name === '') throw badRequest('target.name: Required value');
  if (target.kind !== undefined && target.kind !== '' && target.kind !== 'Node') throw badRequest(`target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`);
  await assign(context, request, target.name, binding);
  return { type: 'object', code: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}

async function assign(context: ApiContext, request: ApiRequest, nodeName: string, binding: MutableObject): Promise<void> {
  const { kind } = request.resource;
  await changeObject(context, { ...request, verb: 'update', subresource: 'binding', body: undefined }, {
    unconditional: true,
    produce(current, fresh) {
      const { uid, resourceVersion } = binding.metadata;
      if (uid !== undefined && uid !== '' && uid !== current.metadata.uid) throw conflict(kind, request.name!, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid ?? ''}`);
      if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== current.metadata.resourceVersion) {
        throw conflict(kind, request.name!, 'the object has been modified; please apply your changes to the latest version and try again');
      }
      if (current.metadata.deletionTimestamp !== undefined) throw conflict(kind, request.name!, `pod ${request.name!} is being deleted, cannot be assigned to a host`);
      const pod = fresh() as unknown as Pod & MutableObject;
      if ((pod.spec?.nodeName ?? '') !== '') throw conflict(kind, request.name!, `pod ${request.name!} is already assigned to node "${pod.spec!.nodeName!}"`);
      if ((pod.spec?.schedulingGates?.length ?? 0) > 0) throw conflict(kind, request.name!, `pod ${request.name!} has non-empty .spec.schedulingGates`);
      pod.spec!.nodeName = nodeName;
      if (binding.metadata.annotations !== undefined) pod.metadata.annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
      const conditions = (pod.status ??= {} as NonNullable<Pod['status']>).conditions ?? [];
      const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null as never, lastTransitionTime: timestamp(context) };
      const present = conditions.find(({ type }) => type === 'PodScheduled');
      pod.status.conditions = present?.status === 'True' ? conditions : [...conditions.filter(({ type }) => type !== 'PodScheduled'), scheduled];
      return pod;
    },
  });
}
