/** Who a client is: one of client certificate, token, token file, exec plugin, user and password; or nobody. */
export interface Credentials {
  /** PEM. */
  readonly cert?: string | undefined;
  /** PEM. */
  readonly key?: string | undefined;
  readonly token?: string | undefined;
  /** Read again every minute: kubelets rotate it. */
  readonly tokenFile?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly exec?: ExecConfig | undefined;
}

/** A credential plugin, run without a shell. */
export interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly provideClusterInfo: boolean;
  readonly installHint?: string | undefined;
}

/** Where a server is and how to talk to it. */
export interface ConnectionConfig extends Credentials {
  readonly server: string;
  /** PEM; absent: the system's authorities. */
  readonly ca?: string | undefined;
  /** Name that the server's certificate must carry, where it differs from the address. */
  readonly tlsServerName?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  /** Namespace that the context chooses. */
  readonly namespace?: string | undefined;
}
