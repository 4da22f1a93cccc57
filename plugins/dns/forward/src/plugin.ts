import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Clock, Logger, definePlugin } from '@keelson/sdk';
import { DnsHandlers } from '@keelson/sdk/dns';
import { Forwarder } from './forwarder.ts';
import { upstreamFrom, upstreamsOfResolvConf, type Upstream } from './upstreams.ts';

const server = z.string().refine((text) => upstreamFrom(text) !== undefined, 'expected ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT');

/** Everything that is not the cluster's. */
export default definePlugin({
  name: '@keelson/dns-forward',
  version: '0.1.0',
  kind: 'dns',
  summary: 'asks other DNS servers',
  config: z.strictObject({
    /** Empty: those of `resolvConf`. */
    servers: z.array(server).max(15).default([]),
    resolvConf: z.string().default('/etc/resolv.conf'),
    /** Servers never asked: this one's own addresses, which would ask for ever. */
    except: z.array(z.string()).default([]),
    timeoutMs: z.int().positive().default(2000),
    maxPending: z.int().positive().default(1000),
  }),
  requires: { clock: Clock, log: Logger },
  setup: ({ clock, log, config }) => {
    const forwarder = new Forwarder({ clock, timeout: config.timeoutMs, maxPending: config.maxPending });
    return {
      provides: [DnsHandlers.with({ name: 'forward', handle: (query) => forwarder.ask(query) })],
      async start() {
        const found = config.servers.length > 0 ? config.servers.map(upstreamFrom) : upstreamsOfResolvConf(await textOf(config.resolvConf));
        const servers = found.filter((upstream): upstream is Upstream => upstream !== undefined && !config.except.includes(upstream.address));
        forwarder.use(servers);
        if (servers.length === 0) log.warn('no server to forward to: names outside the cluster get SERVFAIL; set servers of @keelson/dns-forward', { resolvConf: config.resolvConf });
      },
    };
  },
});

/** Empty where there is none. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
