import type { Kind } from '@keelson/api';

/**
 * The served kind that a user means by `deploy`, `Deployment`, `deployments`, `deployments.apps` or `deployment.v1.apps`, as
 * kubectl reads them: names of resources before short names, and of several groups the one that is served first.
 */
export function typedKind(kinds: readonly Kind[], typed: string): Kind | undefined {
  const [name = '', ...rest] = typed.toLowerCase().split('.');
  const of = (kind: Kind): boolean => rest.length === 0 || rest.join('.') === kind.group || rest.join('.') === `${kind.version}.${kind.group}`.replace(/\.$/, '');
  const served = kinds.filter(of);
  return served.find(({ plural, singular, kind }) => plural === name || singular === name || kind.toLowerCase() === name) ?? served.find(({ shortNames }) => shortNames.includes(name));
}
