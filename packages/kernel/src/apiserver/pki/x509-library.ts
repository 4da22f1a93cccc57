type X509 = typeof import('@peculiar/x509');

let loaded: Promise<X509> | undefined;

/**
 * The certificate library, loaded on first use: a start that finds valid certificates on disk, and a test cluster
 * without a listener, never pay for it.
 */
export function x509Library(): Promise<X509> {
  loaded ??= import('reflect-metadata').then(() => import('@peculiar/x509'));
  return loaded;
}
