import { EscalationGuard, type RbacAuthorizer, type RbacIndex } from '../authorization/index.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest } from '../request.ts';

/** Checks that nobody hands out permissions that they do not hold; asked by the write path before validation. */
export class RbacGuard {
  readonly #guard: EscalationGuard;

  constructor(index: RbacIndex, authorizer: RbacAuthorizer) {
    this.#guard = new EscalationGuard(index, authorizer);
  }

  /** Errors: 403. */
  check(request: ApiRequest, object: MutableObject, old: MutableObject | undefined): void {
    const { group, plural } = request.resource.kind;
    if (group !== 'rbac.authorization.k8s.io' || request.subresource !== '') return;
    if (plural === 'roles' || plural === 'clusterroles') this.#guard.checkRole(request.user, object as never, old as never);
    else this.#guard.checkBinding(request.user, object as never, old as never);
  }
}
