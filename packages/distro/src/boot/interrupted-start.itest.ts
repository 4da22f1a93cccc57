import { definePlugin, seededRandom, silentLogger } from '@keelson/sdk';
import { openMemoryStore } from '@keelson/kernel/storage';
import { createTracing } from '@keelson/telemetry';
import { VirtualClock } from '@keelson/testing';
import { defineDistribution } from '../definition.ts';
import { resolveDistribution } from '../resolve.ts';
import { stampRevision } from '@keelson/kernel/apiserver';
import { startCluster } from './cluster.ts';

test('a start that is interrupted ends at once, and stops what was started', async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const stop = new AbortController();
  const plugin = (name: string, start: () => Promise<void>) => definePlugin({ name, version: '1.0.0', kind: 'extension', summary: 'a test plugin', setup: () => ({ start, stop: () => void log.push(`stop ${name}`) }) });
  const hangs = plugin('hangs', () => new Promise(() => setImmediate(() => stop.abort(new Error('stopped by SIGINT')))));
  const distribution = resolveDistribution(defineDistribution({ name: 'test', version: '1.0.0', plugins: [plugin('quick', () => Promise.resolve()), hangs] }));
  const random = seededRandom('1');
  const tracing = createTracing({ clock, random, environment: {}, serviceName: 'test', onError: () => undefined });
  const start = (signal: AbortSignal) => startCluster({ distribution, clock, random, log: silentLogger, tracing, openStore: () => openMemoryStore({ clock, stamp: stampRevision }), signal });
  await expect(start(stop.signal)).rejects.toThrow('stopped by SIGINT');
  expect(log.sort()).toEqual(['stop hangs', 'stop quick']);
  await expect(start(stop.signal)).rejects.toThrow('stopped by SIGINT');
  expect(log).toHaveLength(2);
});
