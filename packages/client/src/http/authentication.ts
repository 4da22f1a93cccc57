import { readFile } from 'node:fs/promises';
import type { Clock } from '@keelson/sdk';
import type { ConnectionConfig } from './connection-config.ts';
import { execCredential, type ExecCredential } from './exec-credential.ts';

/** Who a request is made as. */
export interface Identity {
  readonly authorization: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

const tokenFileAge = 60_000;
/** A credential is fetched anew so long before it expires, milliseconds. */
const expiryMargin = 10_000;

/** Gives each request its identity, and keeps what is costly to get. */
export class Authentication {
  #file: { readonly token: string; readonly at: number } | undefined;
  #exec: Promise<ExecCredential> | undefined;
  #expires: number | undefined;

  constructor(
    private readonly config: ConnectionConfig,
    private readonly clock: Clock,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {}

  async identity(): Promise<Identity> {
    const { exec, cert, key, token, tokenFile, username, password } = this.config;
    if (exec !== undefined) {
      const credential = await this.#execCredential();
      return { authorization: bearer(credential.token), cert: credential.cert ?? cert, key: credential.key ?? key };
    }
    if (tokenFile !== undefined) return { authorization: bearer(await this.#fileToken(tokenFile)), cert, key };
    if (token !== undefined) return { authorization: bearer(token), cert, key };
    const basic = username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
    return { authorization: basic, cert, key };
  }

  /** The server refused the identity. True when a new try may have another one. */
  refused(): boolean {
    const renewable = this.#exec !== undefined || this.#file !== undefined;
    this.#exec = undefined;
    this.#file = undefined;
    return renewable;
  }

  async #execCredential(): Promise<ExecCredential> {
    if (this.#expires !== undefined && this.clock.now() > this.#expires - expiryMargin) this.#exec = undefined;
    if (this.#exec !== undefined) return this.#exec;
    const fetched = execCredential(this.config.exec!, this.config, this.environment);
    this.#exec = fetched;
    try {
      const credential = await fetched;
      this.#expires = credential.expires;
      return credential;
    } catch (error) {
      this.#exec = undefined;
      throw error;
    }
  }

  async #fileToken(path: string): Promise<string> {
    const now = this.clock.monotonic();
    if (this.#file === undefined || now - this.#file.at > tokenFileAge) this.#file = { token: (await readFile(path, 'utf8')).trim(), at: now };
    return this.#file.token;
  }
}

function bearer(token: string | undefined): string | undefined {
  return token === undefined ? undefined : `Bearer ${token}`;
}
