import type { ServiceAccountTokens } from '../authentication/index.ts';
import { noSuchPath } from '../api-errors.ts';
import type { SpecialHandlers } from '../routing/dispatch.ts';
import { finalizeNamespace } from './namespace-finalize.ts';
import { bindPod } from './pod-binding.ts';
import { evictPod } from './pod-eviction.ts';
import { bindByName } from './bindings.ts';
import { listComponentStatuses } from './component-statuses.ts';
import { handleScale } from './scale.ts';
import { tokenHandler } from './token.ts';

/** The subresources and unstored kinds that the kernel answers itself. */
export function addBuiltinSubresources(special: SpecialHandlers, tokens: ServiceAccountTokens | undefined): void {
  special.set('*/scale', handleScale);
  special.set('/pods/binding', bindPod);
  special.set('/pods/eviction', evictPod);
  special.set('/bindings', bindByName);
  special.set('/namespaces/finalize', finalizeNamespace);
  special.set('/componentstatuses', listComponentStatuses);
  special.set(
    '/serviceaccounts/token',
    tokens === undefined
      ? () => {
          throw noSuchPath();
        }
      : tokenHandler(tokens),
  );
}
