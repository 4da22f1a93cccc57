import { defineDistribution, resolveDistribution } from '@keelson/distro';
import { openStore, startCluster, type Cluster, type StoreChoice } from '@keelson/distro/boot';
import type { ClusterPki } from '@keelson/kernel/apiserver';
import { apiClient, type TrackingApiClient } from '@keelson/client';
import { seededRandom, silentLogger } from '@keelson/sdk';
import { createTracing } from '@keelson/telemetry';
import { nextTurn } from '../../../packages/cli/src/adapters/next-turn.ts';
import { systemClock } from '../../../packages/cli/src/adapters/system-clock.ts';
import { oneTurn } from './bare-server.ts';
import { samplePod } from './sample.ts';
import type { ServerChoice } from './server-commands.ts';

/** The kernel alone with a listener: no plugin adds to what is measured. */
export interface KeelsonServer {
  readonly cluster: Cluster;
  readonly admin: TrackingApiClient;
  readonly port: number;
}

/** Group of the client whose access goes through RBAC. */
export const benchGroup = 'benchers';

export async function startKeelson(choice: ServerChoice, pki: ClusterPki): Promise<KeelsonServer> {
  const random = seededRandom('bench');
  const tracing = createTracing({ clock: systemClock, random, environment: choice.tracing === true ? {} : { OTEL_SDK_DISABLED: 'true' } });
  const cluster = await startCluster({
    distribution: resolveDistribution(defineDistribution({ name: 'bench', version: '0.1.0', plugins: [] })),
    openStore: () => openStore(storeOf(choice), { clock: systemClock, log: silentLogger }),
    clock: systemClock, random, log: silentLogger, tracing, pki, schedule: nextTurn, listen: { host: '127.0.0.1', port: 0 },
  });
  const admin = apiClient(cluster.transportFor(cluster.server.context.self));
  const rbac = 'rbac.authorization.k8s.io';
  await admin.create({ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: 'bench' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }] } as never);
  await admin.create({
    apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'bench' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'bench' }, subjects: [{ kind: 'Group', apiGroup: rbac, name: benchGroup }],
  } as never);
  await admin.create(samplePod('p0') as never);
  return { cluster, admin, port: Number(new URL(cluster.url!).port) };
}

/** Creates pods of about the size of a real one in-process, some at a time. */
export async function fill(admin: TrackingApiClient, { from, count, annotation }: { readonly from: number; readonly count: number; readonly annotation: number }): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    await Promise.all(Array.from({ length: Math.min(100, count - done) }, (_, i) => admin.create(samplePod(`f${from + done + i}`, annotation) as never)));
    await oneTurn();
  }
}

function storeOf({ driver = 'memory', place = '' }: ServerChoice): StoreChoice {
  if (driver === 'embedded') return { driver, directory: place };
  return driver === 'etcd' ? { driver, endpoints: [place] } : { driver };
}
