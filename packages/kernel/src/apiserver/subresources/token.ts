import { Node, Pod, Secret, ServiceAccount } from '@keelson/api/core/v1';
import { TokenRequest } from '@keelson/api/authentication/v1';
import { answerTokenRequest, type ServiceAccountTokens, type TokenRequestBody } from '../authentication/index.ts';
import { notFound } from '../api-errors.ts';
import { decodeBody } from '../handlers/body.ts';
import { keyOf, storageOf } from '../handlers/get.ts';
import type { Handler } from '../routing/dispatch.ts';

/** `POST serviceaccounts/NAME/token`. */
export function tokenHandler(tokens: ServiceAccountTokens): Handler {
  return (context, request) => {
    const account = storageOf(request).cache.get(keyOf(request));
    if (account === undefined) throw notFound(ServiceAccount, request.name!);
    const { lookup } = context;
    const binding = {
      pod: (namespace: string, name: string) => lookup.get(Pod, { namespace, name }),
      node: (name: string) => lookup.get(Node, { name }),
      secret: (namespace: string, name: string) => lookup.get(Secret, { namespace, name }),
    };
    const object = answerTokenRequest(tokens, binding, {
      namespace: request.namespace!,
      serviceAccount: { name: request.name!, uid: account.object.metadata.uid ?? '' },
      body: decodeBody(request, TokenRequest) as unknown as TokenRequestBody,
    });
    return { type: 'object', code: 201, object: { ...object, metadata: { ...(object['metadata'] as object), creationTimestamp: new Date(context.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z') } } };
  };
}
