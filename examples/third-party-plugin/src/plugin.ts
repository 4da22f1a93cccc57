import { definePlugin, ApiClient, Clock } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { Pod } from '@keelson/api/core/v1';
import { z } from 'zod';

/** Deletes finished pods once they are older than `keepSeconds`. */
export default definePlugin({
  name: '@acme/keelson-controller-pod-reaper',
  version: '1.0.0',
  kind: 'controller',
  summary: 'deletes finished pods after a while',
  config: z.strictObject({ keepSeconds: z.int().positive().default(600) }),
  requires: { api: ApiClient, clock: Clock },
  rbac: [{ groups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'delete'] }],

  setup: ({ api, clock, config }) => [
    controller({
      name: 'pod-reaper',
      watches: Pod,
      async reconcile(pod) {
        const { metadata: { creationTimestamp }, status } = pod;
        if (creationTimestamp === undefined || (status?.phase !== 'Succeeded' && status?.phase !== 'Failed')) return;
        const left = Date.parse(creationTimestamp) + config.keepSeconds * 1000 - clock.now();
        if (left > 0) return { requeueAfter: left };
        await api.delete(pod);
      },
    }),
  ],
});
