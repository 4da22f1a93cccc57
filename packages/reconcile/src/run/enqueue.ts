import { controllerOf, objectKey, parseApiVersion, type KubeObject } from '@keelson/api';
import type { Change, Informer } from '@keelson/client';
import type { Clock, Logger, ObjectRef } from '@keelson/sdk';
import type { ControllerDeclaration, WatchDeclaration } from '@keelson/sdk/controller';
import type { WorkQueue } from '../queue/work-queue.ts';
import type { ControllerCaches } from './controller-caches.ts';
import type { ControllerCounters } from './counters.ts';

/** What turns changes into keys. */
export interface EnqueueOptions {
  readonly declaration: ControllerDeclaration;
  readonly caches: ControllerCaches;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: ControllerCounters;
}

/** Lets the changes of all declared kinds enqueue what they concern; returns the way to stop. */
export function enqueueChanges(options: EnqueueOptions): () => void {
  const { declaration, caches } = options;
  const undo = [
    listen(options, caches.main, (change) => [change.object.metadata]),
    ...(declaration.owns ?? []).map((kind) => listen(options, caches.informer(kind), (change) => ownersOf(change, options))),
    ...(declaration.watches ?? []).map((watch: WatchDeclaration<KubeObject>) =>
      listen(options, caches.informer(watch.kind), ({ object, previous, type }) => watch.enqueue(object, caches, { previous, deleted: type === 'deleted' })),
    ),
  ];
  return () => {
    for (const stop of undo) stop();
  };
}

function listen(
  { queue, clock, log, counters, declaration }: EnqueueOptions,
  informer: Informer<KubeObject>,
  refsOf: (change: Change<KubeObject>) => readonly ObjectRef[],
): () => void {
  return informer.onChange((change) => {
    let refs: readonly ObjectRef[];
    try {
      refs = refsOf(change);
    } catch (error) {
      counters.enqueueFailures += 1;
      log.error('an event could not be mapped to objects', { controller: declaration.name, kind: change.object.kind, object: objectKey(change.object), error: String(error) });
      return;
    }
    if (refs.length === 0) return;
    counters.events += 1;
    const cause = change.cause === undefined ? undefined : { span: change.cause, at: clock.now() };
    for (const ref of refs) queue.add(objectKey(ref), cause);
  });
}

/** The controller owner now and, when it changed, the one before. An owner of that name with another uid is a stranger. */
function ownersOf({ object, previous }: Change<KubeObject>, options: EnqueueOptions): readonly ObjectRef[] {
  const now = ownerOf(object, options);
  const before = previous === undefined || controllerOf(previous)?.uid === controllerOf(object)?.uid ? undefined : ownerOf(previous, options);
  return [now, before].filter((ref) => ref !== undefined);
}

function ownerOf(object: KubeObject, { declaration, caches }: EnqueueOptions): ObjectRef | undefined {
  const reference = controllerOf(object);
  if (reference === undefined || reference.kind !== declaration.for.kind) return undefined;
  if (parseApiVersion(reference.apiVersion)?.group !== declaration.for.group) return undefined;
  const ref = { name: reference.name, namespace: declaration.for.namespaced ? object.metadata.namespace : undefined };
  return caches.main.get(ref)?.metadata.uid === reference.uid ? ref : undefined;
}
