import { controllerOf, controllerReference, isTerminating, type Kind, type KubeObject } from '@keelson/api';
import type { Selector } from '@keelson/api/selectors';
import { isStatus, KeelsonError, type ApiClient } from '@keelson/sdk';

/** What an owner claims from. */
export interface ClaimOptions<T extends KubeObject> {
  readonly api: ApiClient;
  readonly owner: KubeObject;
  readonly ownerKind: Kind<KubeObject>;
  readonly kind: Kind<T>;
  readonly selector: Selector;
  /** What the owner controls and the orphans of its namespace; others are ignored. */
  readonly candidates: readonly T[];
}

/**
 * The candidates that belong to the owner, after adopting orphans that its selector matches and releasing what it does
 * not match any more. Upstream's rules: a terminating owner neither adopts nor releases, a terminating orphan is left
 * alone, and before the first adoption the owner is read live, since adopting for a deleted owner would leak.
 */
export async function claimDependents<T extends KubeObject>(options: ClaimOptions<T>): Promise<readonly T[]> {
  const { owner, selector, candidates } = options;
  const claimed: T[] = [];
  let mayAdopt: Promise<void> | undefined;
  for (const candidate of candidates) {
    const controller = controllerOf(candidate);
    const matches = selector.matches(candidate.metadata.labels);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches) claimed.push(candidate);
      else if (!isTerminating(owner)) await release(options, candidate);
    } else if (matches && !isTerminating(owner) && !isTerminating(candidate)) {
      await (mayAdopt ??= ensureOwnerLives(options));
      const adopted = await adopt(options, candidate);
      if (adopted !== undefined) claimed.push(adopted);
    }
  }
  return claimed;
}

async function ensureOwnerLives<T extends KubeObject>({ api, owner, ownerKind }: ClaimOptions<T>): Promise<void> {
  const fresh = await api.get(ownerKind, owner.metadata);
  if (fresh?.metadata.uid === owner.metadata.uid && !isTerminating(fresh)) return;
  throw new KeelsonError('KEEL_OWNER_GONE', `${ownerKind.singular} ${owner.metadata.name} is being deleted and cannot adopt`);
}

function adopt<T extends KubeObject>(options: ClaimOptions<T>, object: T): Promise<T | undefined> {
  return setOwners(options, object, [...(object.metadata.ownerReferences ?? []), controllerReference(options.owner)]);
}

async function release<T extends KubeObject>(options: ClaimOptions<T>, object: T): Promise<void> {
  const others = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== options.owner.metadata.uid);
  await setOwners(options, object, others);
}

/** Undefined when the object is gone; its resourceVersion goes along so that no other writer's reference is lost. */
async function setOwners<T extends KubeObject>({ api, kind }: ClaimOptions<T>, object: T, ownerReferences: readonly object[]): Promise<T | undefined> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  try {
    return await api.patch(kind, { name, namespace }, { type: 'merge', body: { metadata: { uid, resourceVersion, ownerReferences } } });
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}
