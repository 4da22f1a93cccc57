import type { OwnerReference } from '@keelson/api';

type Owners = readonly OwnerReference[];

/** References to owners that were not named before. */
export function addedOwners(before: Owners, after: Owners): Owners {
  return after.filter(({ uid }) => !before.some((other) => other.uid === uid));
}

/** References to owners that are not named any more. */
export function removedOwners(before: Owners, after: Owners): Owners {
  return addedOwners(after, before);
}

/** Owners whose foreground deletion the change lets go on: the reference went, or blocks no more. */
export function unblockedOwners(before: Owners, after: Owners): readonly string[] {
  return before
    .filter((reference) => reference.blockOwnerDeletion === true && !after.some(({ uid, blockOwnerDeletion }) => uid === reference.uid && blockOwnerDeletion === true))
    .map(({ uid }) => uid);
}
