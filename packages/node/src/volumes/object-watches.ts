import { ConfigMap, Secret } from '@keelson/api/core/v1';
import { revisionOf, type InformerFactory } from '@keelson/client';
import type { Kind, KubeObject } from '@keelson/api';

const kinds: Readonly<Record<string, Kind<KubeObject>>> = { configmaps: ConfigMap as unknown as Kind<KubeObject>, secrets: Secret as unknown as Kind<KubeObject> };

/** Watches exactly the objects that pods refer to: one watch an object, however many pods. */
export class ObjectWatches {
  constructor(private readonly informers: InformerFactory) {}

  /**
   * Calls back when the object named `configmaps/namespace/name` has a newer state than `known` (its resourceVersion;
   * undefined: it was not there). Returns the way to stop; a name that cannot be watched is none.
   */
  watch(key: string, known: string | undefined, changed: () => void): () => void {
    const [plural = '', namespace = '', name = ''] = key.split('/');
    const kind = kinds[plural];
    if (kind === undefined) return () => undefined;
    const { informer, release } = this.informers.use(kind, { namespace, fieldSelector: `metadata.name=${name}` });
    const remove = informer.onChange(({ type, object }) => {
      if (type === 'deleted' ? known !== undefined : known === undefined || revisionOf(object.metadata.resourceVersion) > revisionOf(known)) changed();
    });
    return () => {
      remove();
      release();
    };
  }
}
