import type { AccessAttributes, Authorizer, Decision, UserInfo } from '@keelson/sdk/auth';
import { mastersGroup } from '../authentication/identity.ts';
import type { RbacIndex } from './rbac-index.ts';
import { matchesPath, matchesResource, type ResourceQuestion } from './rule.ts';

/** `true`: every name; a set: those names only; `false`: refused. */
type Answer = boolean | ReadonlySet<string>;

interface UserView {
  epoch: number;
  readonly answers: Map<string, Answer>;
}

const maxAnswers = 4096;

/**
 * RBAC decisions, remembered per user object until a role or binding changes. Names of objects are not part of what
 * is remembered, so a user who works on many objects asks the rules once.
 */
export class RbacAuthorizer implements Authorizer {
  readonly name = 'rbac';
  private readonly views = new WeakMap<UserInfo, UserView>();

  constructor(private readonly index: RbacIndex) {}

  authorize(attributes: AccessAttributes): Decision {
    return this.allows(attributes) ? 'allow' : 'no-opinion';
  }

  /** As `authorize`, as a boolean. */
  allows(attributes: AccessAttributes): boolean {
    const { user } = attributes;
    if (user.groups.includes(mastersGroup)) return true;
    let view = this.views.get(user);
    if (view === undefined || view.epoch !== this.index.epoch) this.views.set(user, (view = { epoch: this.index.epoch, answers: new Map() }));
    const key =
      attributes.path === undefined
        ? `${attributes.verb} ${attributes.group}/${attributes.resource}/${attributes.subresource} ${attributes.namespace ?? ''}`
        : `${attributes.verb} ${attributes.path}`;
    let answer = view.answers.get(key);
    if (answer === undefined) {
      answer = this.ask(attributes);
      if (view.answers.size >= maxAnswers) view.answers.clear();
      view.answers.set(key, answer);
    }
    return typeof answer === 'boolean' ? answer : attributes.name !== undefined && answer.has(attributes.name);
  }

  /** Why nothing was allowed, where there is more to say than that no rule matched. */
  reason(attributes: AccessAttributes): string | undefined {
    const missing = this.index.missingRoles(attributes.user, attributes.namespace);
    if (missing.length === 0) return undefined;
    const errors = missing.map((role) => `${role} not found`);
    return `RBAC: ${errors.length === 1 ? errors.join() : `[${errors.join(', ')}]`}`;
  }

  private ask(attributes: AccessAttributes): Answer {
    const { user, verb, path } = attributes;
    if (path !== undefined) return this.index.visit(user, undefined, (rule) => matchesPath(rule, verb, path));
    const { subresource, namespace } = attributes;
    const question: ResourceQuestion = {
      verb,
      group: attributes.group,
      resource: subresource === '' ? attributes.resource : `${attributes.resource}/${subresource}`,
      anyParent: subresource === '' ? undefined : `*/${subresource}`,
    };
    let names: Set<string> | undefined;
    const everyName = this.index.visit(user, namespace === '' ? undefined : namespace, (rule) => {
      if (!matchesResource(rule, question)) return false;
      if (rule.names === undefined) return true;
      names ??= new Set();
      for (const name of rule.names) names.add(name);
      return false;
    });
    return everyName || (names ?? false);
  }
}
