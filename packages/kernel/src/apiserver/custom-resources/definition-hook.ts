import type { CustomResourceDefinition } from '@keelson/api/apiextensions/v1';
import type { Clock } from '@keelson/sdk';
import type { KindHook } from '../registry/kind-hooks.ts';
import { cleanupFinalizer, terminating } from './definition-status.ts';

/** A definition that is deleted waits for its objects: the first deletion puts the finalizer on. */
export function definitionHook(clock: Pick<Clock, 'now'>): KindHook {
  return {
    beginDeletion(object) {
      const crd = object as unknown as CustomResourceDefinition;
      const finalizers = crd.metadata.finalizers ?? [];
      if (!finalizers.includes(cleanupFinalizer)) crd.metadata.finalizers = [...finalizers, cleanupFinalizer];
      crd.status = terminating(crd, 'pending', clock.now());
    },
  };
}
