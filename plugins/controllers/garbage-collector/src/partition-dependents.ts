import { identityOf, refersTo, sameIdentity, type GraphNode, type Identity } from './graph-node.ts';

/** Those who name the owner by exactly this identity, and those who name its uid otherwise; one object may be in both. */
export function partitionDependents(dependents: Iterable<GraphNode>, owner: Identity): { readonly matching: readonly GraphNode[]; readonly others: readonly GraphNode[] } {
  const matching: GraphNode[] = [];
  const others: GraphNode[] = [];
  for (const dependent of dependents) {
    const elsewhere = owner.namespace !== '' && owner.namespace !== dependent.identity.namespace;
    const references = dependent.owners.filter(({ uid }) => uid === owner.uid);
    if (!elsewhere && references.some((reference) => refersTo(reference, owner))) matching.push(dependent);
    if (elsewhere || references.some((reference) => !refersTo(reference, owner))) others.push(dependent);
  }
  return { matching, others };
}

/**
 * Another identity by which dependents name the owner: the first after `absent` in a fixed order, else the first of all,
 * so that repeated misses go round all candidates.
 */
export function alternativeIdentity(dependents: readonly GraphNode[], absent: Identity): Identity | undefined {
  const candidates = dependents
    .flatMap(({ owners, identity }) => owners.filter(({ uid }) => uid === absent.uid).map((reference) => candidate(identityOf(reference, identity.namespace), absent)))
    .filter((identity) => !sameIdentity(identity, absent))
    .sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
  return candidates.find((identity) => order(identity) > order(absent)) ?? candidates[0];
}

/** A kind that was found to be cluster-scoped has no namespace, wherever its dependents are. */
function candidate(identity: Identity, absent: Identity): Identity {
  const clusterScoped = absent.namespace === '' && identity.apiVersion === absent.apiVersion && identity.kind === absent.kind;
  return clusterScoped ? { ...identity, namespace: '' } : identity;
}

function order({ kind, apiVersion, namespace, name }: Identity): string {
  return [kind, apiVersion, namespace, name].join(' ');
}
