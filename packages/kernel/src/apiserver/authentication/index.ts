export { createAuthentication, unauthorized } from './authenticate.ts';
export type { Authenticate, AuthenticationParts } from './authenticate.ts';
export { legacyIssuer } from './claims.ts';
export type { BoundReference } from './claims.ts';
export {
  anonymous, anonymousUser, asAuthenticated, authenticatedGroup, mastersGroup, nodesGroup, parseServiceAccountUser, serviceAccountGroups,
  serviceAccountsGroup, serviceAccountUserName, unauthenticatedGroup,
} from './identity.ts';
export { readImpersonation } from './impersonation.ts';
export type { Impersonation } from './impersonation.ts';
export type { VerificationKey } from './jws.ts';
export { peerIdentity } from './peer-certificate.ts';
export type { ClientCertificate, PeerIdentity } from './peer-certificate.ts';
export { ServiceAccountTokens } from './service-account-tokens.ts';
export type { IssueRequest, IssuedToken, ServiceAccountTokensOptions, TokenLookup, TokenVerdict } from './service-account-tokens.ts';
export { answerTokenRequest } from './token-request.ts';
export type { BindingLookup, TokenRequestBody } from './token-request.ts';
