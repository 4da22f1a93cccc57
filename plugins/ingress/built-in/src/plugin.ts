import { isIP } from 'node:net';
import { z } from 'zod';
import { Clock, Logger, Tracer, definePlugin, optional } from '@keelson/sdk';
import { NodeServing } from '@keelson/sdk/auth';
import { IngressProxies } from '@keelson/sdk/ingress';
import { BuiltInProxy } from './built-in-proxy.ts';
import { Front } from './front.ts';
import { ServerNames } from './server-names.ts';

const address = z.string().refine((text) => isIP(text) !== 0, 'expected an IP address');
const port = z.int().min(0).max(65_535);

/** An ingress proxy within this process. */
export default definePlugin({
  name: '@keelson/ingress-built-in',
  version: '0.1.0',
  kind: 'ingress',
  summary: 'serves ingresses over HTTP/1.1, HTTP/2 and WebSocket from inside the node agent',
  config: z.strictObject({
    address: address.default('127.0.0.1'),
    /** 0: any that is free. */
    httpPort: port.default(8080),
    httpsPort: port.default(8443),
    /** Where clients find it, for the status of ingresses; absent: `address`. */
    statusAddresses: z.array(z.union([z.strictObject({ ip: address }), z.strictObject({ hostname: z.string().min(1) })])).optional(),
    connectTimeoutSeconds: z.number().positive().default(3),
    answerTimeoutSeconds: z.number().positive().default(60),
    idleTimeoutSeconds: z.number().positive().default(75),
    headTimeoutSeconds: z.number().positive().default(10),
    maxHeadBytes: z.int().min(1024).max(1_048_576).default(32_768),
    maxConnections: z.int().positive().default(10_000),
    maxRequests: z.int().positive().default(4_096),
    tries: z.int().min(1).max(10).default(3),
    trustForwarded: z.boolean().default(false),
    /** Requests that are logged: `errors` are those that no backend answered, or that one answered with 5xx. */
    accessLog: z.enum(['all', 'errors', 'none']).default('errors'),
  }),
  requires: { clock: Clock, log: Logger, tracer: Tracer, serving: optional(NodeServing) },
  setup: ({ clock, log, tracer, serving, config }) => {
    const names = new ServerNames(log, () => serving?.current());
    const own = config.statusAddresses ?? (/^(0\.0\.0\.0|::)$/.test(config.address) ? [] : [{ ip: config.address }]);
    const proxy = new BuiltInProxy({
      clock, tracer, log, names,
      limits: { connectMs: config.connectTimeoutSeconds * 1000, answerMs: config.answerTimeoutSeconds * 1000, tries: config.tries, idleConnections: 256 },
      maxRequests: config.maxRequests, trustForwarded: config.trustForwarded, accessLog: config.accessLog,
      addresses: () => own,
    });
    let front: Front | undefined;
    return {
      provides: [IngressProxies.with(proxy)],
      async start() {
        front = await Front.open({
          address: config.address, httpPort: config.httpPort, httpsPort: config.httpsPort, names, handler: proxy,
          limits: { headBytes: config.maxHeadBytes, headMs: config.headTimeoutSeconds * 1000, idleMs: config.idleTimeoutSeconds * 1000, connections: config.maxConnections },
        });
        log.info('serving ingresses', { address: config.address, http: front.ports[0], https: front.ports[1] });
      },
      drain: ({ signal }) => front?.drain(signal),
      async stop() {
        await front?.close();
        proxy.close();
      },
    };
  },
});
