import type { Kind } from '@keelson/api';
import { servePodLog } from './pod-log.ts';
import type { StreamHandler } from './stream-handler.ts';

const handlers: Readonly<Record<string, StreamHandler>> = { '/pods/log': servePodLog };

/** Streams by resource and subresource. */
export const streamHandlers = {
  find: (kind: Pick<Kind, 'group' | 'plural'>, subresource: string): StreamHandler | undefined =>
    subresource === '' ? undefined : handlers[`${kind.group}/${kind.plural}/${subresource}`],
};
