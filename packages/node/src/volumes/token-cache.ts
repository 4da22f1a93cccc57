import { ServiceAccount, type Pod } from '@keelson/api/core/v1';
import type { TokenRequest } from '@keelson/api/authentication/v1';
import { parseTime } from '@keelson/api/time';
import type { ApiClient, Clock } from '@keelson/sdk';
import type { BoundToken } from '@keelson/sdk/volumes';

/** A token is renewed when this share of its life is over, and at the latest after a day (upstream's rule). */
const renewalShare = 0.8;
const longestUse = 24 * 3_600_000;

/** Tokens of one pod: requested when first wanted, and again when they near their end. */
export class TokenCache {
  readonly #tokens = new Map<string, BoundToken>();

  constructor(
    private readonly api: ApiClient,
    private readonly clock: Clock,
  ) {}

  async get(pod: Pod, { audience, expirationSeconds }: { readonly audience: string | undefined; readonly expirationSeconds: number }): Promise<BoundToken> {
    const key = `${audience ?? ''} ${expirationSeconds}`;
    const known = this.#tokens.get(key);
    if (known !== undefined && known.renewAt > this.clock.now()) return known;
    try {
      const token = await this.#request(pod, audience, expirationSeconds);
      this.#tokens.set(key, token);
      return token;
    } catch (error) {
      // An old token that still works is better than none.
      if (known !== undefined && known.expiresAt > this.clock.now()) return { ...known, renewAt: this.clock.now() + 10_000 };
      throw new Error(`failed to fetch token: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  async #request({ metadata, spec }: Pod, audience: string | undefined, expirationSeconds: number): Promise<BoundToken> {
    const asked = this.clock.now();
    const body = {
      apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest',
      spec: {
        ...(audience === undefined ? {} : { audiences: [audience] }),
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid },
      },
    };
    const account = { namespace: metadata.namespace ?? '', name: spec.serviceAccountName ?? 'default' };
    const { status } = await this.api.subresource<unknown, TokenRequest>(ServiceAccount as never, account, 'token', 'create', body);
    if (status?.token === undefined) throw new Error('the answer to the token request has no token');
    const expiresAt = parseTime(status.expirationTimestamp ?? '') ?? asked + 1000 * expirationSeconds;
    return { token: status.token, expiresAt, renewAt: asked + Math.min(longestUse, renewalShare * (expiresAt - asked)) };
  }
}
