import { Namespace } from '@keelson/api/core/v1';
import { StatusError } from '@keelson/sdk';
import { admissionForbidden, type AdmissionHandler, type AdmissionLookup, type AdmissionRequest } from '@keelson/sdk/admission';

/**
 * No content in a namespace that does not exist or is going; no deletion of the namespaces that a cluster cannot do
 * without. Access reviews pass: refusing them would tell whether a namespace exists.
 */
export function namespaceLifecycle(immortal: ReadonlySet<string>): AdmissionHandler {
  return {
    name: 'namespace-lifecycle',
    handles: { operations: ['CREATE', 'UPDATE', 'DELETE'] },
    mutate(request, lookup) {
      if (isNamespace(request)) keepImmortal(request, immortal);
      else if (request.namespace !== undefined && request.operation !== 'DELETE' && request.kind.plural !== 'localsubjectaccessreviews') checkNamespace(request, lookup);
    },
  };
}

function isNamespace({ kind }: AdmissionRequest): boolean {
  return kind.group === '' && kind.plural === 'namespaces';
}

function keepImmortal(request: AdmissionRequest, immortal: ReadonlySet<string>): void {
  if (request.operation === 'DELETE' && immortal.has(request.name ?? '')) throw admissionForbidden(request, 'this namespace may not be deleted');
}

function checkNamespace(request: AdmissionRequest, lookup: AdmissionLookup): void {
  const name = request.namespace ?? '';
  const namespace = lookup.get(Namespace, { name });
  if (namespace === undefined) throw new StatusError('NotFound', `namespaces "${name}" not found`, { name, kind: 'namespaces' });
  if (request.operation !== 'CREATE' || namespace.status?.phase !== 'Terminating') return;
  throw admissionForbidden(request, `unable to create new content in namespace ${name} because it is being terminated`, [
    { reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' },
  ]);
}
