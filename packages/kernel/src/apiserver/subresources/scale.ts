import type { ApiContext } from '../context.ts';
import { notFound, staleWrite } from '../api-errors.ts';
import { decodeAs, decodeBody, fieldValidation, parseJson } from '../handlers/body.ts';
import { keyOf, storageOf } from '../handlers/get.ts';
import { patchType } from '../handlers/patch.ts';
import { changeObject } from '../handlers/update.ts';
import { applyJsonPatch, applyMergePatch } from '../patch/index.ts';
import { compileLabelSelector } from '@keelson/api/selectors';
import type { LabelSelector } from '@keelson/api';
import type { CustomResourceSubresourceScale } from '@keelson/api/apiextensions/v1';
import { Scale } from '@keelson/api/autoscaling/v1';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';
import { failIfInvalid } from '../handlers/create.ts';

type Fields = Record<string, unknown>;

/** The `scale` subresource: replicas of any workload under one shape (autoscaling/v1 Scale). */
export async function handleScale(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const stored = storageOf(request).cache.get(keyOf(request));
  if (stored === undefined) throw notFound(request.resource.kind, request.name!);
  const paths = scalePaths(request.resource.custom?.scale);
  if (request.verb === 'get') return { type: 'object', code: 200, object: scaleOf(stored.object as MutableObject, paths) };
  const wanted = (current: MutableObject): number => replicasFrom(request, scaleOf(current, paths));
  const reply = await changeObject(context, { ...request, subresource: '' }, {
    unconditional: true,
    ownedThrough: 'scale',
    produce(current, fresh) {
      const next = fresh();
      writeAt(next, paths.spec, wanted(current));
      return next;
    },
  });
  const written = reply.type === 'cached' ? (reply.cached.object as MutableObject) : reply.type === 'object' ? (reply.object as MutableObject) : undefined;
  return written === undefined ? reply : { type: 'object', code: 200, object: scaleOf(written, paths) };
}

/** Where a kind keeps what a Scale shows. */
interface ScalePaths {
  readonly spec: readonly string[];
  readonly status: readonly string[];
  readonly selector: readonly string[] | undefined;
}

const builtinPaths: ScalePaths = { spec: ['spec', 'replicas'], status: ['status', 'replicas'], selector: ['spec', 'selector'] };

/** A custom kind says it by plain paths, `.spec.replicas`. */
function scalePaths(custom: CustomResourceSubresourceScale | undefined): ScalePaths {
  if (custom === undefined) return builtinPaths;
  const parts = (path: string): readonly string[] => path.split('.').filter((part) => part !== '');
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = custom;
  return { spec: parts(specReplicasPath), status: parts(statusReplicasPath), selector: labelSelectorPath === undefined ? undefined : parts(labelSelectorPath) };
}

function readAt(object: MutableObject, path: readonly string[] | undefined): unknown {
  return path?.reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Fields)[part] : undefined), object);
}

function writeAt(object: MutableObject, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce<Fields>((fields, part) => (fields[part] ??= {}) as Fields, object);
  parent[path.at(-1)!] = value;
}

function replicasFrom(request: ApiRequest, current: MutableObject): number {
  const scale = request.verb === 'update' ? decodeBody(request, Scale) : patched(request, current);
  const version = scale.metadata.resourceVersion ?? '';
  if (version !== '' && version !== current.metadata.resourceVersion) {
    throw staleWrite(request.resource.kind, request.name!);
  }
  const replicas = ((scale['spec'] as Fields | undefined)?.['replicas'] as number | undefined) ?? 0;
  if (replicas < 0) {
    failIfInvalid({ ...request, resource: { ...request.resource, kind: Scale } }, scale, [
      { reason: 'FieldValueInvalid', field: 'spec.replicas', message: `Invalid value: ${replicas}: must be greater than or equal to 0` },
    ]);
  }
  return replicas;
}

function patched(request: ApiRequest, current: MutableObject): MutableObject {
  const type = patchType(request);
  const { body } = request;
  const patch = body?.type === 'bytes' ? parseJson(body.bytes) : body?.value;
  const scale = (type === 'json' ? applyJsonPatch(current, patch) : applyMergePatch(current, patch)) as MutableObject;
  decodeAs(request, Scale, scale, fieldValidation(request));
  return scale;
}

function scaleOf(object: MutableObject, paths: ScalePaths): MutableObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return structuredClone({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: readAt(object, paths.spec) ?? 0 },
    status: { replicas: readAt(object, paths.status) ?? 0, selector: selectorText(readAt(object, paths.selector)) },
  }) as unknown as MutableObject;
}

/** Workloads have a LabelSelector, a ReplicationController a plain map, custom kinds the text itself. */
function selectorText(selector: unknown): string {
  if (typeof selector === 'string') return selector;
  if (typeof selector !== 'object' || selector === null) return '';
  const isPlain = !('matchLabels' in selector) && !('matchExpressions' in selector);
  const parsed = compileLabelSelector(isPlain ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector));
  return parsed.ok ? parsed.value.toString() : '';
}
