import { z } from 'zod';
import { ApiTransports, Clock, definePlugin, Logger, Random, Tracer } from '@keelson/sdk';
import { Controllers } from '@keelson/sdk/controller';
import { ControllerRunner } from './controller-runner.ts';

const config = z.strictObject({
  /** How a reconcile's span relates to the write that woke it. */
  relation: z.enum(['parent', 'link']).default('parent'),
});

/** Runs the controllers that plugins contribute, each as its plugin. */
export default definePlugin({
  name: '@keelson/controller-runner',
  version: '0.1.0',
  kind: 'controller',
  summary: 'runs the controllers that plugins contribute, each as its plugin',
  config,
  requires: { controllers: Controllers, transports: ApiTransports, clock: Clock, random: Random, log: Logger, tracer: Tracer },
  rbac: [{ groups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
  setup: ({ config: { relation }, ...requires }) => {
    const runner = new ControllerRunner({ ...requires, relation, plugin: '@keelson/controller-runner' });
    return {
      start: () => runner.start(),
      ready: ({ signal }) => runner.ready(signal),
      drain: ({ signal }) => runner.drain(signal),
      stop: () => runner.stop(),
    };
  },
});
