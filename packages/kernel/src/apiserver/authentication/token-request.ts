import { formatTime } from '@keelson/api/time';
import type { StatusCause } from '@keelson/api';
import { StatusError } from '@keelson/sdk';
import type { BoundReference } from './claims.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

/** Body of `POST serviceaccounts/NAME/token`, as parsed. */
export interface TokenRequestBody {
  readonly spec?: {
    readonly audiences?: readonly string[] | undefined;
    readonly expirationSeconds?: number | undefined;
    readonly boundObjectRef?: { readonly kind?: string; readonly apiVersion?: string; readonly name?: string; readonly uid?: string } | undefined;
  };
}

/** An object as the server's caches hold it, reduced to what binding needs. */
interface Bindable {
  readonly metadata: { readonly name?: string | undefined; readonly uid?: string | undefined };
}

/** Where the service account and the objects a token can be bound to are found. */
export interface BindingLookup {
  pod(namespace: string, name: string): (Bindable & { readonly spec?: { readonly serviceAccountName?: string | undefined; readonly nodeName?: string | undefined } }) | undefined;
  node(name: string): Bindable | undefined;
  secret(namespace: string, name: string): Bindable | undefined;
}

const defaultSeconds = 3600;
const minSeconds = 600;
const maxSeconds = 2 ** 32;

/** Answers a TokenRequest: validates, resolves the bound object and signs. Throws StatusError as upstream words it. */
export function answerTokenRequest(
  tokens: ServiceAccountTokens,
  lookup: BindingLookup,
  request: { readonly namespace: string; readonly serviceAccount: BoundReference; readonly body: TokenRequestBody },
): Record<string, unknown> {
  const { namespace, serviceAccount, body } = request;
  const spec = body.spec ?? {};
  const expirationSeconds = spec.expirationSeconds ?? defaultSeconds;
  checkDuration(serviceAccount.name, expirationSeconds);
  const issued = tokens.issue({
    namespace,
    serviceAccount,
    audiences: spec.audiences ?? [],
    expirationSeconds,
    ...resolveBound(lookup, { namespace, serviceAccount: serviceAccount.name, reference: spec.boundObjectRef }),
  });
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: serviceAccount.name, namespace },
    spec: { audiences: [...issued.audiences], expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token: issued.token, expirationTimestamp: formatTime(issued.expiresAt) },
  };
}

function checkDuration(name: string, seconds: number): void {
  const problem =
    seconds < minSeconds ? 'may not specify a duration less than 10 minutes' : seconds > maxSeconds ? 'may not specify a duration larger than 2^32 seconds' : undefined;
  if (problem === undefined) return;
  const message = `Invalid value: ${seconds}: ${problem}`;
  const cause: StatusCause = { reason: 'FieldValueInvalid', message, field: 'spec.expirationSeconds' };
  throw new StatusError('Invalid', `TokenRequest.authentication.k8s.io "${name}" is invalid: spec.expirationSeconds: ${message}`, {
    group: 'authentication.k8s.io',
    kind: 'TokenRequest',
    name,
    causes: [cause],
  });
}

function resolveBound(
  lookup: BindingLookup,
  at: { readonly namespace: string; readonly serviceAccount: string; readonly reference: NonNullable<TokenRequestBody['spec']>['boundObjectRef'] | null },
): { readonly pod?: BoundReference; readonly node?: BoundReference; readonly secret?: BoundReference } {
  const { reference, namespace } = at;
  if (reference === undefined || reference === null) return {};
  const name = reference.name ?? '';
  if (reference.apiVersion !== 'v1') throw cannotBind(reference);
  switch (reference.kind) {
    case 'Pod': {
      const pod = requireObject('pods', name, reference.uid, lookup.pod(namespace, name));
      const owner = lookup.pod(namespace, name)?.spec;
      if ((owner?.serviceAccountName ?? 'default') !== at.serviceAccount) {
        throw new StatusError('BadRequest', `cannot bind token for serviceaccount "${at.serviceAccount}" to pod running with different serviceaccount name.`);
      }
      const node = owner?.nodeName === undefined || owner.nodeName === '' ? undefined : lookup.node(owner.nodeName);
      return { pod, ...(node === undefined ? {} : { node: { name: owner?.nodeName ?? '', uid: node.metadata.uid ?? '' } }) };
    }
    case 'Node':
      return { node: requireObject('nodes', name, reference.uid, lookup.node(name)) };
    case 'Secret':
      return { secret: requireObject('secrets', name, reference.uid, lookup.secret(namespace, name)) };
    default:
      throw cannotBind(reference);
  }
}

function requireObject(resource: string, name: string, uid: string | undefined, found: Bindable | undefined): BoundReference {
  if (found === undefined) throw new StatusError('NotFound', `${resource} "${name}" not found`, { kind: resource, name });
  const actual = found.metadata.uid ?? '';
  if (uid !== undefined && uid !== '' && uid !== actual) {
    throw new StatusError(
      'Conflict',
      `Operation cannot be fulfilled on ${resource} "${name}": the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      { kind: resource, name },
    );
  }
  return { name, uid: actual };
}

function cannotBind(reference: { readonly apiVersion?: string; readonly kind?: string }): StatusError {
  return new StatusError('BadRequest', `cannot bind token to object of type ${reference.apiVersion ?? ''}, Kind=${reference.kind ?? ''}`);
}
