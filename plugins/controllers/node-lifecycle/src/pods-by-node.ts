import { Pod } from '@keelson/api/core/v1';
import type { IndexDeclaration } from '@keelson/sdk/controller';

/** Pods by the node that they are bound to. */
export const podsByNode: IndexDeclaration<Pod> = {
  kind: Pod,
  name: 'node',
  of: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []),
};
