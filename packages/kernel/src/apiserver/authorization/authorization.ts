import type { AccessAttributes, Authorizer } from '@keelson/sdk/auth';
import type { Contributions } from '@keelson/sdk';
import { forbidden } from './forbidden.ts';
import type { RbacAuthorizer } from './rbac-authorizer.ts';

/** RBAC first, then what plugins contribute; the first allow or deny decides. */
export class Authorization {
  constructor(
    private readonly rbac: RbacAuthorizer,
    private readonly contributed: Pick<Contributions<Authorizer>, 'values'>,
  ) {}

  /** Answers at once where RBAC allows. */
  allows(attributes: AccessAttributes): boolean | Promise<boolean> {
    // Denials of contributed authorizers come first only where there are any: they may restrict what RBAC grants.
    if (this.contributed.values.length === 0) return this.rbac.allows(attributes);
    return this.#ask(attributes);
  }

  /** Errors: StatusError Forbidden. */
  require(attributes: AccessAttributes): void | Promise<void> {
    const allowed = this.allows(attributes);
    if (allowed === true) return;
    if (allowed === false) throw forbidden(attributes, this.rbac.reason(attributes));
    return allowed.then((yes) => {
      if (!yes) throw forbidden(attributes, this.rbac.reason(attributes));
    });
  }

  async #ask(attributes: AccessAttributes): Promise<boolean> {
    for (const authorizer of this.contributed.values) {
      const decision = await authorizer.authorize(attributes);
      if (decision !== 'no-opinion') return decision === 'allow';
    }
    return this.rbac.allows(attributes);
  }
}
