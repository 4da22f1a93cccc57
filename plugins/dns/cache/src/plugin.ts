import { z } from 'zod';
import { Clock, definePlugin } from '@keelson/sdk';
import { DnsHandlers } from '@keelson/sdk/dns';
import { AnswerCache } from './answer-cache.ts';

/** Answers of other servers, kept. */
export default definePlugin({
  name: '@keelson/dns-cache',
  version: '0.1.0',
  kind: 'dns',
  summary: 'keeps answers for as long as they live',
  config: z.strictObject({
    entries: z.int().positive().default(10_000),
    maxTtl: z.int().positive().default(3600),
    maxNegativeTtl: z.int().min(0).default(30),
  }),
  requires: { clock: Clock },
  setup: ({ clock, config }) => {
    const cache = new AnswerCache(clock, config);
    return [DnsHandlers.with({ name: 'cache', handle: (query, next) => cache.answer(query, next) })];
  },
});
