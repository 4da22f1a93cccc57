import type { Pod } from '@keelson/api/core/v1';

/** Annotations by which upstream's tools know static pods and their mirrors. */
export const StaticAnnotation = Object.freeze({
  hash: 'kubernetes.io/config.hash',
  mirror: 'kubernetes.io/config.mirror',
  source: 'kubernetes.io/config.source',
});

/** True for a pod that a manifest describes, not for its mirror. */
export function isStatic({ metadata }: Pod): boolean {
  return metadata.annotations?.[StaticAnnotation.source] === 'file' && metadata.annotations[StaticAnnotation.mirror] === undefined;
}

/** True for an object that stands for a static pod. */
export function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.[StaticAnnotation.mirror] !== undefined;
}
