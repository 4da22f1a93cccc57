import { request } from 'node:https';
import type { KubeconfigAccess } from '../cluster/kubeconfig-access.ts';

/** One answer of a cluster's API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** Plain GETs of a running cluster, with the credentials of its kubeconfig. */
export interface ClusterApi {
  /** Rejects when the server cannot be reached within `timeoutMs` (default 10 s). */
  get(access: KubeconfigAccess, path: string, timeoutMs?: number): Promise<ApiAnswer>;
}

export const httpsClusterApi: ClusterApi = Object.freeze({
  get: (access: KubeconfigAccess, path: string, timeoutMs = 10_000) =>
    new Promise<ApiAnswer>((resolve, reject) => {
      const call = request(
        new URL(path, access.server),
        {
          agent: false,
          timeout: timeoutMs,
          ...(access.authority === undefined ? {} : { ca: access.authority }),
          ...(access.certificate === undefined ? {} : { cert: access.certificate }),
          ...(access.key === undefined ? {} : { key: access.key }),
          headers: { accept: 'application/json', ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }) },
          rejectUnauthorized: !access.insecure,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
        },
      );
      call.on('timeout', () => call.destroy(new Error(`no answer from ${access.server} within ${timeoutMs / 1000} s`)));
      call.on('error', reject);
      call.end();
    }),
});
