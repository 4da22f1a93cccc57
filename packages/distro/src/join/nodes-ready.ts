import { Node } from '@keelson/api/core/v1';
import type { ApiClient } from '@keelson/sdk';

/**
 * Resolves when all nodes of these names have said after `since` (wall time, milliseconds) that they are Ready: what the
 * last run left in the store does not count. Rejects with the signal's reason, or when the watch fails.
 */
export function nodesReady(api: Pick<ApiClient, 'watch'>, names: readonly string[], since: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = new Set(names);
    let watch: { stop(): void } | undefined;
    const settle = (act: () => void): void => {
      signal.removeEventListener('abort', aborted);
      watch?.stop();
      act();
    };
    const aborted = (): void => settle(() => reject(signal.reason as Error));
    signal.addEventListener('abort', aborted, { once: true });
    const open = (): void => {
      watch = api.watch(Node, {}, {
        event: ({ type, object }) => {
          if (type !== 'ADDED' && type !== 'MODIFIED') return;
          const ready = object.status?.conditions?.find((condition) => condition.type === 'Ready');
          // Times of the API are whole seconds.
          const fresh = Date.parse(ready?.lastHeartbeatTime ?? '') + 1000 > since;
          if (ready?.status === 'True' && fresh) waiting.delete(object.metadata.name);
          else if (names.includes(object.metadata.name)) waiting.add(object.metadata.name);
          if (waiting.size === 0) settle(resolve);
        },
        end: (error) => (error === undefined ? open() : settle(() => reject(error))),
      });
      if (signal.aborted) aborted();
    };
    open();
  });
}
