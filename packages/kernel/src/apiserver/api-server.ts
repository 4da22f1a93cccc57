import type { Tracer } from '@opentelemetry/api';
import { builtinKinds, type Kind } from '@keelson/api';
import { Service } from '@keelson/api/core/v1';
import { policyRule, type ApiTransport, type Clock, type Contributions, type Logger, type PluginRule, type Random, type ResourceAccess } from '@keelson/sdk';
import type { AdmissionHandler } from '@keelson/sdk/admission';
import type { Authenticator, Authorizer, UserInfo } from '@keelson/sdk/auth';
import type { PodLogs } from '@keelson/sdk/runtime';
import type { Store } from '../storage/index.ts';
import { CauseTable, FrameStreams, ParsedObjects, ResourceCache, type ScheduleFlush, type SharedParses } from '../watch/index.ts';
import { AdmissionChain } from './admission/chain.ts';
import { AddressRange } from './allocation/address-range.ts';
import { PortRange } from './allocation/port-range.ts';
import { ServiceAllocations } from './allocation/service-hook.ts';
import { createAuthentication, mastersGroup, ServiceAccountTokens, type Authenticate } from './authentication/index.ts';
import { Authorization } from './authorization/authorization.ts';
import { ClusterRbacSource, pluginUser } from './authorization/cluster-rbac-source.ts';
import { RbacAuthorizer, RbacIndex } from './authorization/index.ts';
import { bootstrapObjects } from './bootstrap/bootstrap.ts';
import type { ApiContext } from './context.ts';
import { NodeLink, type NodeCredentials } from './connect/node-link.ts';
import { CustomResources } from './custom-resources/custom-resources.ts';
import { LocalTransport } from './local/local-transport.ts';
import { RbacGuard } from './registry/rbac-guard.ts';
import { CacheLookup } from './registry/cache-lookup.ts';
import { EncodedMessages } from './registry/encoded-messages.ts';
import { EventLeases } from './registry/event-leases.ts';
import { KindHooks } from './registry/kind-hooks.ts';
import { namespaceHook } from './registry/namespace-hook.ts';
import { stampRevision } from './registry/object-codec.ts';
import { ObjectStore } from './registry/object-store.ts';
import { PinnedSnapshots } from './registry/pinned-snapshots.ts';
import { ResourceRegistry } from './registry/resource-registry.ts';
import { signingRequestHook } from './registry/signing-request-hook.ts';
import type { ResourceStorage } from './registry/served-resource.ts';
import { addAccessReviews } from './reviews/access-reviews.ts';
import { addIdentityReviews } from './reviews/identity-reviews.ts';
import { SpecialHandlers } from './routing/dispatch.ts';
import { addBuiltinSubresources } from './subresources/builtin.ts';
import { tokenLookup } from './subresources/token-lookup.ts';
import type { SigningKey } from './pki/index.ts';

/** What an API server is made of; everything that can be swapped comes in here. */
export interface ApiServerOptions {
  /** Opened with `stampRevision` as its stamp. */
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly admission: Pick<Contributions<AdmissionHandler>, 'values' | 'onChange'>;
  readonly authenticators: Contributions<Authenticator>;
  readonly authorizers: Pick<Contributions<Authorizer>, 'values'>;
  /** Signs service-account tokens; absent: none are issued or accepted. */
  readonly signingKey?: SigningKey;
  /** Where logs of pods come from at the moment; undefined while no node agent is there. */
  readonly podLogs?: () => PodLogs | undefined;
  /** For streams and logs of pods on hosts with an agent of their own; absent: pods run in this process. */
  readonly nodeCredentials?: () => Promise<NodeCredentials>;
  /** Default 10.96.0.0/16. */
  readonly serviceCidr?: string;
  /** When frames of a turn leave for HTTP watchers; default: after the promise callbacks that are due. */
  readonly schedule?: ScheduleFlush;
  /** Shared with the servers of other forks of the same store. */
  readonly parses?: SharedParses;
  /** A watcher whose connection holds back more than this is closed; default 8 MiB. */
  readonly maxWatchBacklogBytes?: number;
}

/** Name and issuer by which service-account tokens know this cluster. */
const issuer = 'https://kubernetes.default.svc.cluster.local';

/** The API: all served kinds over one store, reachable in-process at once and over HTTPS through `server/`. */
export class ApiServer {
  readonly context: ApiContext;
  #nodes: NodeLink | undefined;
  readonly special = new SpecialHandlers();
  readonly authenticate: Authenticate;
  readonly authorization: Authorization;
  readonly tokens: ServiceAccountTokens | undefined;
  readonly serviceRange: AddressRange;
  readonly #rbacSource: ClusterRbacSource;
  readonly #rbacIndex: RbacIndex;
  readonly #services: ServiceAllocations;
  readonly #customResources: CustomResources;

  private constructor(private readonly options: ApiServerOptions) {
    const { store, clock, random, log, tracer, schedule = queueMicrotask } = options;
    const causes = new CauseTable();
    const parsed = new ParsedObjects(undefined, options.parses);
    const registry = new ResourceRegistry((kind, prefix) => this.#openStorage(kind, prefix, causes, parsed));
    const hooks = new KindHooks();
    const lookup = new CacheLookup(registry);
    const kinds = builtinKinds();
    for (const kind of kinds) if (kind.verbs.length > 0) registry.add(kind, kinds);
    this.#rbacSource = new ClusterRbacSource(registry);
    this.#rbacIndex = new RbacIndex();
    const rbac = new RbacAuthorizer(this.#rbacIndex);
    this.authorization = new Authorization(rbac, options.authorizers);
    this.context = {
      clock, random, log, tracer, store, parsed, registry, hooks, lookup, messages: new EncodedMessages(),
      objects: new ObjectStore(store, causes, parsed, new EventLeases(store, clock), tracer),
      admission: new AdmissionChain(options.admission, tracer),
      authorize: (attributes) => this.authorization.require(attributes),
      mayDo: async (attributes) => this.authorization.allows(attributes),
      rbacGuard: new RbacGuard(this.#rbacIndex, rbac),
      nextTurn: () => new Promise((resolve) => { schedule(resolve); }),
      self: { name: 'system:apiserver', groups: [mastersGroup] },
    };
    this.tokens = options.signingKey === undefined ? undefined : new ServiceAccountTokens({ key: options.signingKey, issuer, audiences: [issuer], lookup: tokenLookup(lookup), clock, random });
    this.authenticate = createAuthentication({ tokens: this.tokens, contributed: options.authenticators, anonymous: true });
    this.serviceRange = new AddressRange(options.serviceCidr ?? '10.96.0.0/16');
    this.#services = new ServiceAllocations(this.serviceRange, new PortRange());
    hooks.set(Service, this.#services);
    hooks.set({ group: '', plural: 'namespaces' }, namespaceHook);
    hooks.set({ group: 'certificates.k8s.io', plural: 'certificatesigningrequests' }, signingRequestHook);
    this.#customResources = new CustomResources(this.context, this.transportFor(this.context.self));
    addAccessReviews(this.special, this.#rbacIndex, () => options.authorizers.values.length > 0);
    addIdentityReviews(this.special, this.authenticate);
    addBuiltinSubresources(this.special, this.tokens);
  }

  /** Loads what every request needs and brings the boot objects up to date. */
  static async start(options: ApiServerOptions): Promise<ApiServer> {
    const server = new ApiServer(options);
    await server.#rbacSource.ready();
    await bootstrapObjects(server.context);
    server.#rbacIndex.follow(server.#rbacSource);
    await server.#loadServices();
    await server.#customResources.start();
    await Promise.all(['serviceaccounts', 'pods', 'nodes', 'secrets'].map((plural) => server.context.registry.find('', 'v1', plural)!.storage!.cache.ready()));
    return server;
  }

  /** The API as a user sees it, without HTTP. */
  transportFor(user: UserInfo): ApiTransport {
    return new LocalTransport(this.context, this.special, user);
  }

  /** The API as a plugin sees it: an identity of its own with the rules of its manifest and no others. */
  transportForPlugin(plugin: string, rules: readonly PluginRule[]): ApiTransport {
    const user = pluginIdentity(plugin);
    this.#rbacIndex.setOwnRules(user.name, rules.map(policyRule));
    return this.transportFor(user);
  }

  /** Whether a plugin that has a transport may do this. */
  pluginMayDo(plugin: string, access: ResourceAccess): Promise<boolean> {
    return this.context.mayDo({ ...access, user: pluginIdentity(plugin), subresource: '', name: undefined, path: undefined });
  }

  /** Logs of pods, while a node agent offers them. */
  /** The agents of nodes; undefined where nodes are in this process. */
  get nodes(): NodeLink | undefined {
    const { nodeCredentials } = this.options;
    return nodeCredentials === undefined ? undefined : (this.#nodes ??= new NodeLink(this.context.lookup, nodeCredentials, this.options.clock));
  }

  get podLogs(): PodLogs | undefined {
    return this.options.podLogs?.();
  }

  /** Ends every watch; the store is the caller's to close. */
  close(): void {
    this.#customResources.close();
    for (const storage of this.context.registry.storages()) storage.cache.close();
  }

  async #loadServices(): Promise<void> {
    const { cache } = this.context.registry.find('', 'v1', 'services')!.storage!;
    await cache.ready();
    for (const cached of cache.list()) this.#services.adopt(cached.object as never);
    cache.subscribe({ key: 'allocations', namespace: undefined, matches: undefined, index: undefined }, undefined, {
      event: (event) => {
        this.#services.event(event);
      },
      end: () => undefined,
    });
  }

  #openStorage(kind: Kind, prefix: string, causes: CauseTable, parsed: ParsedObjects): ResourceStorage {
    const { store, log, clock, schedule = queueMicrotask, maxWatchBacklogBytes = 8 * 1024 * 1024 } = this.options;
    const backoff = (attempt: number): Promise<void> => clock.sleep(Math.min(50 * 2 ** attempt, 5_000));
    const cache = new ResourceCache({ store, prefix, stamp: stampRevision, causes, parsed, log, backoff });
    return { kind, prefix, cache, streams: new FrameStreams(cache, schedule, maxWatchBacklogBytes), snapshots: new PinnedSnapshots() };
  }
}

function pluginIdentity(plugin: string): UserInfo {
  return { name: pluginUser(plugin), groups: ['system:keelson:plugins', 'system:authenticated'] };
}
