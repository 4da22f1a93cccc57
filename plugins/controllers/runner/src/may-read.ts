import { SelfSubjectAccessReview } from '@keelson/api/authorization/v1';
import type { Kind, KubeObject } from '@keelson/api';
import { newObject } from '@keelson/reconcile';
import type { ApiClient, ApiTransports, ResourceAccess } from '@keelson/sdk';
import type { ControllerDeclaration } from '@keelson/sdk/controller';

const verbs = ['list', 'watch'] as const;

/** The plugin whose permissions count, and two ways to ask for them. */
export interface AskingPlugin {
  readonly name: string;
  readonly api: ApiClient;
  readonly transports: Pick<ApiTransports, 'mayDo'>;
}

/** One permission that a controller needs for its caches. */
interface Need {
  readonly kind: Kind<KubeObject>;
  readonly namespace: string | undefined;
  readonly verb: (typeof verbs)[number];
}

/**
 * What the contributing plugin may not read of what its controller declares, as texts like `watch pods`; empty when it
 * may read all. Asked as the plugin: the caches are shared and filled by the runner's identity, so this is where a
 * missing permission must show.
 */
export async function missingReads(declaration: ControllerDeclaration, plugin: AskingPlugin): Promise<readonly string[]> {
  const answers = await Promise.all(needsOf(declaration).map(async (need) => ((await isAllowed(need, plugin)) ? undefined : describe(need))));
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

async function isAllowed({ kind, namespace, verb }: Need, { name, api, transports }: AskingPlugin): Promise<boolean> {
  const access: ResourceAccess = { group: kind.group, version: kind.version, resource: kind.plural, verb, namespace };
  // A server in this process answers dozens of these at each start, none of which needs to be a request. A refusal is
  // one all the same, of the plugin's own: it is to be seen where its requests are.
  if ((await transports.mayDo?.(name, access)) === true) return true;
  const { namespace: within, ...attributes } = access;
  const resourceAttributes = within === undefined ? attributes : { ...attributes, namespace: within };
  const review = await api.create(newObject(SelfSubjectAccessReview, { spec: { resourceAttributes } }));
  return review.status?.allowed === true;
}

function describe({ kind, namespace, verb }: Need): string {
  return `${verb} ${kind.plural}${kind.group === '' ? '' : `.${kind.group}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
