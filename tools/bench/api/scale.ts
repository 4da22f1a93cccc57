// 150,000 stored pods: memory per stored byte, and the longest time for which the server answers nobody.
import { amount, report } from '../harness/outcome.ts';
import { get, load, post } from './load.ts';
import { MeasuredServer } from './measured-server.ts';
import { samplePod } from './sample.ts';
import type { Delays } from './server-commands.ts';

const pods = amount(150_000, 15_000);
const path = '/api/v1/namespaces/default/pods';
const server = await MeasuredServer.start({ role: 'keelson' });
const before = await server.ask<{ readonly rssBytes: number }>({ do: 'usage', collect: true });
await server.ask({ do: 'fill', from: 0, count: pods, annotation: 0 });
// The engine gives back what the filling needed for a while when it has been idle for some seconds.
await new Promise((resolve) => setTimeout(resolve, amount(15_000, 2000)));
const after = await server.ask<{ readonly rssBytes: number; readonly heapBytes: number; readonly heapReservedBytes: number; readonly bufferBytes: number }>({ do: 'usage', collect: true });
const page = (await server.load({ connections: 1, requests: 1, next: () => get(`${path}?limit=500`) })).bytes / 500;
report('memory', (after.rssBytes - before.rssBytes) / (pods * page), {
  pods, bytesPerPod: page, rssMiB: after.rssBytes / 2 ** 20, emptyMiB: before.rssBytes / 2 ** 20, heapMiB: after.heapBytes / 2 ** 20, heapReservedMiB: after.heapReservedBytes / 2 ** 20, buffersMiB: after.bufferBytes / 2 ** 20,
});

/** Longest stall while requests of one sort are served. */
async function stall(connections: number, requests: number, next: (i: number) => Buffer): Promise<Delays> {
  await load(server.target, { connections, requests, next, connected: () => server.ask({ do: 'watch-delays' }) });
  return server.ask<Delays>({ do: 'delays' });
}

// Fifty first requests at once meet code that has never run: a matter of the start, not of what is stored.
await server.load({ connections: 50, requests: amount(3000, 1000), next: (i) => post(path, JSON.stringify(samplePod(`warm${i}`))) });
const stalls = {
  writes: await stall(16, amount(20_000, 3000), (i) => post(path, JSON.stringify(samplePod(`s${i}`)))),
  list: await stall(2, 6, () => get(path)),
  pages: await stall(4, 100, () => get(`${path}?limit=500`)),
  selected: await stall(1, 2, () => get(`${path}?labelSelector=app%3Dnone`)),
  openapi: await stall(1, 4, (i) => get(['/openapi/v2', '/openapi/v3/api/v1', '/openapi/v3/apis/apps/v1', '/openapi/v3'][i]!)),
};
report('stall', Math.max(...Object.values(stalls).map(({ longestMs }) => longestMs)), Object.fromEntries(Object.entries(stalls).flatMap(([name, { longestMs, longestWallMs, longestGcMs }]) => [[`${name}Ms`, longestMs], [`${name}WallMs`, longestWallMs], [`${name}GcMs`, longestGcMs]])));
await server.stop();
