type X509 = typeof import('@peculiar/x509');

let loaded: Promise<X509> | undefined;

/**
 * The certificate library, loaded on first use: a start that finds valid certificates on disk, and a test cluster
 * without a listener, never pay for it.
 */
export function x509Library(): Promise<X509> {
  loaded ??= import('reflect-metadata').then(async () => named(await import('@peculiar/x509')));
  return loaded;
}

/** A bundler that picks the library's CommonJS form hands it over as the default export. */
function named(module: X509 & { readonly default?: X509 }): X509 {
  return 'X509CertificateGenerator' in module ? module : (module as { readonly default: X509 }).default;
}
