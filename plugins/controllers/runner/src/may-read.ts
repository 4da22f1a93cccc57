import { SelfSubjectAccessReview } from '@keelson/api/authorization/v1';
import type { Kind, KubeObject } from '@keelson/api';
import { newObject } from '@keelson/reconcile';
import type { ApiClient } from '@keelson/sdk';
import type { ControllerDeclaration } from '@keelson/sdk/controller';

const verbs = ['list', 'watch'] as const;

/** One permission that a controller needs for its caches. */
interface Need {
  readonly kind: Kind<KubeObject>;
  readonly namespace: string | undefined;
  readonly verb: (typeof verbs)[number];
}

/**
 * What the contributing plugin may not read of what its controller declares, as texts like `watch pods`; empty when it
 * may read all. Asked by the plugin's own client: the caches are shared and filled by the runner's identity, so this is
 * where a missing permission must show.
 */
export async function missingReads(declaration: ControllerDeclaration, api: ApiClient): Promise<readonly string[]> {
  const answers = await Promise.all(needsOf(declaration).map(async (need) => ((await isAllowed(need, api)) ? undefined : describe(need))));
  return answers.filter((answer) => answer !== undefined);
}

function needsOf(declaration: ControllerDeclaration): readonly Need[] {
  const others = [...(declaration.owns ?? []), ...(declaration.reads ?? []), ...(declaration.watches ?? []).map(({ kind }) => kind as Kind<KubeObject>)];
  const places: readonly Omit<Need, 'verb'>[] = [
    { kind: declaration.for, namespace: declaration.select?.namespace },
    ...[...new Set(others)].map((kind) => ({ kind, namespace: undefined })),
  ];
  return places.flatMap((place) => verbs.map((verb) => ({ ...place, verb })));
}

async function isAllowed({ kind, namespace, verb }: Need, api: ApiClient): Promise<boolean> {
  const resourceAttributes = { group: kind.group, version: kind.version, resource: kind.plural, verb, ...(namespace === undefined ? {} : { namespace }) };
  const review = await api.create(newObject(SelfSubjectAccessReview, { spec: { resourceAttributes } }));
  return review.status?.allowed === true;
}

function describe({ kind, namespace, verb }: Need): string {
  return `${verb} ${kind.plural}${kind.group === '' ? '' : `.${kind.group}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
