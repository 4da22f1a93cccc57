import type { NodeStatus } from '@keelson/api/core/v1';
import type { ContainerRuntime } from '@keelson/sdk/runtime';

/** As many as upstream shows. */
const mostImages = 50;

/** The largest images of a node, for its status; undefined when its runtime does not tell. */
export function nodeImages(runtime: ContainerRuntime | undefined): Promise<NodeStatus['images']> | undefined {
  const listed = runtime?.listImages?.();
  return listed?.then((images) =>
    [...images].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, mostImages).map(({ names, sizeBytes }) => ({ names: [...names], sizeBytes })),
  );
}
