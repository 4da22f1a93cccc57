import { extensionPoint } from '../extension-point.ts';
import { token } from '../token.ts';

/** Who calls; the shape of `authentication.k8s.io/v1` UserInfo. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** What a connection and a request show. */
export interface Credentials {
  /** Verified against the cluster's client CA by the TLS layer before it gets here. */
  readonly clientCertificate?: { readonly commonName: string; readonly organizations: readonly string[]; readonly fingerprint: string } | undefined;
  readonly bearerToken?: string | undefined;
  header(name: string): string | undefined;
  readonly remoteAddress: string | undefined;
}

export interface Authenticator {
  readonly name: string;
  /** Undefined: not mine, ask the next. Throw `StatusError` Unauthorized: mine, but not valid. */
  authenticate(credentials: Credentials): Promise<UserInfo | undefined> | UserInfo | undefined;
}

/** What is asked of an authorizer; either a resource or a path. */
export interface AccessAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  /** Plural; '' for a path request. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** Set for non-resource requests only. */
  readonly path: string | undefined;
}

export type Decision = 'allow' | 'deny' | 'no-opinion';

export interface Authorizer {
  readonly name: string;
  /** The first `allow` or `deny` of the chain wins; none is a refusal. */
  authorize(attributes: AccessAttributes): Promise<Decision> | Decision;
}

export const Authenticators = extensionPoint<Authenticator>('keelson.auth.authenticators', { ordered: true, deadlineMs: 10_000 });
export const Authorizers = extensionPoint<Authorizer>('keelson.auth.authorizers', { ordered: true, deadlineMs: 10_000 });

/** The authority that signed the API server's certificate; undefined in a cluster without a listener (tests). */
export interface ClusterAuthority {
  certificate(): Promise<string | undefined>;
}

export const ClusterAuthority = token<ClusterAuthority>('keelson.auth.cluster-authority');

/** Makes the tokens of `kubernetes.io/service-account-token` secrets; undefined where the cluster signs none (tests). */
export interface ServiceAccountTokenSigner {
  forSecret(secret: { readonly namespace: string; readonly serviceAccount: { readonly name: string; readonly uid: string }; readonly secretName: string }): string | undefined;
}

export const ServiceAccountTokenSigner = token<ServiceAccountTokenSigner>('keelson.auth.service-account-token-signer');

/** What a certificate request (PKCS#10) asks for. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
}

/** Signs certificates with the cluster's authority; its key never leaves the kernel. */
export interface CertificateSigner {
  /** Rejects with a KeelsonError that says why when the PEM text is no request, or is not signed by its own key. */
  read(request: string): Promise<CertificateRequest>;
  /**
   * Signs a request as it is, never as an authority; PEM. `usages` are names of certificates.k8s.io/v1, times are wall
   * times in milliseconds, the end is at most the authority's own. Undefined in a cluster without a listener (tests).
   */
  sign(request: string, options: { readonly usages: readonly string[]; readonly notBefore: number; readonly notAfter: number }): Promise<string | undefined>;
}

export const CertificateSigner = token<CertificateSigner>('keelson.auth.certificate-signer');

/** The certificate by which a node's agent is known to those who call it; renewed while it runs. */
export interface NodeServing {
  /** PEM; undefined until the cluster has signed the first one. */
  current(): { readonly certificate: string; readonly privateKey: string } | undefined;
  /** Calls back after each change; returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** PEM of the authority of clients' certificates. */
  readonly clientAuthority: string;
}

export const NodeServing = token<NodeServing>('keelson.node.serving');
