import { findCondition, isConditionTrue, isEqual, type Kind } from '@keelson/api';
import { CustomResourceDefinition } from '@keelson/api/apiextensions/v1';
import { isStatus, KeelsonError, type ApiClient } from '@keelson/sdk';
import { definitionsOf, ownerAnnotation } from './definition-of.ts';

/** Whose kinds, and who asks. */
export interface EstablishRequest {
  readonly plugin: string;
  readonly kinds: readonly Kind[];
  /** Needs get, create, update and watch on customresourcedefinitions; without them the kinds must be there already. */
  readonly api: ApiClient;
  readonly signal: AbortSignal;
}

/**
 * Creates what is missing of a plugin's definitions, brings its own up to date, leaves those that others made alone, and
 * resolves when all kinds are served.
 * @throws KEEL_KIND_FORBIDDEN, KEEL_KIND_REFUSED, KEEL_KIND_VERSION
 */
export async function establishKinds(request: EstablishRequest): Promise<void> {
  await Promise.all(definitionsOf(request.kinds, request.plugin).map((wanted) => establish(wanted, request)));
}

async function establish(wanted: CustomResourceDefinition, request: EstablishRequest): Promise<void> {
  const { api, signal } = request;
  const name = wanted.metadata.name!;
  try {
    await put(wanted, request);
    await whenEstablished(api, name, signal);
  } catch (error) {
    if (!isStatus(error, 'Forbidden')) throw error;
    if (await areServed(wanted, request)) return;
    throw new KeelsonError('KEEL_KIND_FORBIDDEN', `${request.plugin} needs the kind ${wanted.spec.names.kind} (${name}) and may not create it: ${(error as Error).message}; let an administrator create it first (crds.yaml of "keelson distro build" holds it)`, { cause: error });
  }
}

async function put(wanted: CustomResourceDefinition, { api, plugin }: EstablishRequest): Promise<void> {
  const name = wanted.metadata.name!;
  const present = await api.get(CustomResourceDefinition, { name });
  if (present === undefined) {
    try {
      await api.create(wanted);
    } catch (error) {
      // Another process of the same operator was faster.
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
    return;
  }
  if (present.metadata.annotations?.[ownerAnnotation] !== plugin) {
    const lacking = wanted.spec.versions.filter((version) => !present.spec.versions.some((one) => one.name === version.name && one.served));
    if (lacking.length === 0) return;
    throw new KeelsonError('KEEL_KIND_VERSION', `${name} exists and does not serve ${lacking.map((version) => version.name).join(', ')}, which ${plugin} needs: update the definition`);
  }
  const spec = { ...present.spec, names: wanted.spec.names, versions: [...wanted.spec.versions, ...stillStored(present, wanted)] };
  if (!isEqual(spec, present.spec)) await api.update({ ...present, spec });
}

/** Versions that objects may still be stored in have to stay known, served or not. */
function stillStored(present: CustomResourceDefinition, wanted: CustomResourceDefinition): CustomResourceDefinition['spec']['versions'] {
  const stored = present.status?.storedVersions ?? [];
  return present.spec.versions
    .filter(({ name }) => stored.includes(name) && !wanted.spec.versions.some((version) => version.name === name))
    .map((version) => ({ ...version, served: false, storage: false }));
}

function whenEstablished(api: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let finish = (): void => undefined;
    const aborted = (): void => settle(() => reject(signal.reason as Error));
    const settle = (then: () => void): void => {
      signal.removeEventListener('abort', aborted);
      finish();
      then();
    };
    signal.addEventListener('abort', aborted, { once: true });
    const follow = (): void => {
      const handle = api.watch(CustomResourceDefinition, { fieldSelector: `metadata.name=${name}` }, {
        event: ({ object }) => {
          const conditions = object.status?.conditions;
          if (isConditionTrue(conditions, 'Established')) settle(resolve);
          else if (findCondition(conditions, 'NamesAccepted')?.status === 'False') settle(() => reject(refused(name, findCondition(conditions, 'NamesAccepted')?.message)));
        },
        end: (error) => (error === undefined ? follow() : settle(() => reject(error))),
      });
      finish = () => handle.stop();
    };
    follow();
  });
}

function refused(name: string, why: string | undefined): KeelsonError {
  return new KeelsonError('KEEL_KIND_REFUSED', `the server refuses the names of ${name}: ${why ?? 'no reason given'}; remove the other definition, or the plugin`);
}

/** Whether the kinds can be used although their definitions are out of reach. */
async function areServed(wanted: CustomResourceDefinition, { api, kinds }: EstablishRequest): Promise<boolean> {
  const own = kinds.filter(({ group, plural }) => group === wanted.spec.group && plural === wanted.spec.names.plural);
  const answers = await Promise.all(own.map((kind) => api.list(kind, { limit: 1 }).then(() => true, (error: unknown) => isStatus(error, 'Forbidden'))));
  return answers.every((served) => served);
}
