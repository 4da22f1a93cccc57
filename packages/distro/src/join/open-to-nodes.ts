import { randomBytes } from 'node:crypto';
import type { KubeObject } from '@keelson/api';
import { Secret } from '@keelson/api/core/v1';
import { isStatus, type ApiClient, type Clock } from '@keelson/sdk';
import { clusterInfo, joinPolicy, tokenSecret, type BootstrapToken } from './join-objects.ts';

/** The way into a cluster for new nodes. */
export interface NodeEntry {
  /** `id.secret`, valid for an hour. */
  readonly token: string;
  /** Takes the token back: everybody has joined. */
  withdraw(): Promise<void>;
}

const tokenLife = 3_600_000;
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Lets nodes join: policy, `cluster-info`, and a new token. `server` is the address that nodes reach. */
export async function openToNodes(api: ApiClient, { server, authority, clock }: { readonly server: string; readonly authority: string; readonly clock: Pick<Clock, 'now'> }): Promise<NodeEntry> {
  const { node } = await import('../presets/node.ts');
  const { resolveDistribution } = await import('../resolve.ts');
  const rules = [...resolveDistribution(node).plugins.values()].flatMap(({ plugin }) => plugin.rbac ?? []);
  const info = `apiVersion: v1\nkind: Config\nclusters:\n- name: ""\n  cluster:\n    certificate-authority-data: ${Buffer.from(authority).toString('base64')}\n    server: ${server}\n`;
  const token: BootstrapToken = { id: word(6), secret: word(16) };
  await Promise.all([...joinPolicy(rules), ...clusterInfo(info), tokenSecret(token, clock.now() + tokenLife)].map((object) => put(api, object)));
  return {
    token: `${token.id}.${token.secret}`,
    withdraw: () => api.delete({ kind: Secret, ref: { namespace: 'kube-system', name: `bootstrap-token-${token.id}` } }),
  };
}

/** Not from the injected chance: a seed must not tell the secret. */
function word(length: number): string {
  let text = '';
  while (text.length < length) for (const byte of randomBytes(length)) if (byte < 252 && text.length < length) text += letters[byte % 36];
  return text;
}

/** The server's address, or the plugins' rules, may have changed since the last run. */
async function put(api: ApiClient, object: KubeObject): Promise<void> {
  try {
    await api.create(object);
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists')) throw error;
    await api.update(object);
  }
}
