import type { Tracer } from '@opentelemetry/api';
import type { Clock, Logger, Random } from '@keelson/sdk';
import type { AdmissionLookup } from '@keelson/sdk/admission';
import type { AccessAttributes, UserInfo } from '@keelson/sdk/auth';
import type { Store } from '../storage/index.ts';
import type { ParsedObjects } from '../watch/index.ts';
import type { AdmissionChain } from './admission/chain.ts';
import type { EncodedMessages } from './registry/encoded-messages.ts';
import type { KindHooks } from './registry/kind-hooks.ts';
import type { RbacGuard } from './registry/rbac-guard.ts';
import type { ObjectStore } from './registry/object-store.ts';
import type { ResourceRegistry } from './registry/resource-registry.ts';

/** What the request handlers work with; one per API server. */
export interface ApiContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly parsed: ParsedObjects;
  /** Stored objects as protobuf, for clients that prefer it. */
  readonly messages: EncodedMessages;
  readonly registry: ResourceRegistry;
  readonly admission: AdmissionChain;
  readonly lookup: AdmissionLookup;
  readonly hooks: KindHooks;
  readonly rbacGuard: RbacGuard;
  /** Throws or rejects with Forbidden unless the user may do that, at once where RBAC decides; for checks that depend on the object (escalation, subresources of others). */
  authorize(attributes: AccessAttributes): void | Promise<void>;
  /** True if the user may do that. */
  mayDo(attributes: AccessAttributes): Promise<boolean>;
  /** Lets others have their turn, within a long piece of work. */
  nextTurn(): Promise<void>;
  /** Identity of the server's own writes. */
  readonly self: UserInfo;
}
