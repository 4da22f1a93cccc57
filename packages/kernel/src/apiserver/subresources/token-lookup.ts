import { Node, Pod, Secret, ServiceAccount } from '@keelson/api/core/v1';
import type { AdmissionLookup } from '@keelson/sdk/admission';
import type { TokenLookup } from '../authentication/index.ts';

/** Finds what service-account tokens are bound to, in the server's caches. */
export function tokenLookup(lookup: AdmissionLookup): TokenLookup {
  return {
    serviceAccount: (namespace, name) => lookup.get(ServiceAccount, { namespace, name }),
    pod: (namespace, name) => lookup.get(Pod, { namespace, name }),
    node: (name) => lookup.get(Node, { name }),
    secret: (namespace, name) => lookup.get(Secret, { namespace, name }),
  };
}
