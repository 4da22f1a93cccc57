import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeelsonError } from '@keelson/sdk';
import type { ConnectionConfig } from './connection-config.ts';

/** Where a pod finds its service account. */
const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Connection of a pod to its own cluster. `environment` is the process's: the caller at the composition root hands it in.
 * Throws `KEEL_IN_CLUSTER` outside of a pod.
 */
export async function inClusterConfig(environment: Readonly<Record<string, string | undefined>>, folder = serviceAccountFolder): Promise<ConnectionConfig> {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) throw new KeelsonError('KEEL_IN_CLUSTER', 'this process is in no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; give a kubeconfig instead');
  const [ca, namespace] = await Promise.all([readFile(join(folder, 'ca.crt'), 'utf8'), readFile(join(folder, 'namespace'), 'utf8').catch(() => undefined)]);
  return { server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, ca, namespace: namespace?.trim(), tokenFile: join(folder, 'token') };
}
