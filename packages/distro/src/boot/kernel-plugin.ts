import { builtinKinds } from '@keelson/api';
import { ApiTransports, Clock, definePlugin, live, Logger, Random, ServedKinds, Tracer, type ApiTransport, type Plugin, type PluginRule } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { Authenticators, Authorizers, CertificateSigner, ClusterAuthority, ServiceAccountTokenSigner } from '@keelson/sdk/auth';
import { ApiServer } from '@keelson/kernel/apiserver';
import { KeelsonError } from '@keelson/sdk';
import { readCertificateRequest } from '@keelson/kernel/apiserver/pki';
import type { PodLogs } from '@keelson/sdk/runtime';
import type { ClusterPki, HealthCheck, PathEndpoints, SharedParses } from '@keelson/kernel/apiserver';
import type { Store } from '@keelson/kernel/storage';
import { ApiListener } from './api-listener.ts';

/** What the kernel needs beyond what it requires from plugins. */
export interface KernelParts {
  readonly openStore: () => Promise<Store> | Store;
  /** Absent: no certificates, no token keys, no listener (in-process clusters of tests). */
  readonly pki?: ClusterPki;
  readonly listen?: { readonly host: string; readonly port: number; readonly more?: readonly string[] | undefined };
  /** When frames of a turn leave for HTTP watchers. */
  readonly schedule?: (flush: () => void) => void;
  readonly serviceCidr?: string;
  /** Shared with the other forks of the same store. */
  readonly parses?: SharedParses;
  /** Rules of each plugin's identity, by plugin name. */
  readonly rules: ReadonlyMap<string, readonly PluginRule[]>;
  readonly podLogs: () => PodLogs | undefined;
  /** Where nodes have agents of their own. */
  readonly nodeCredentials?: Parameters<typeof ApiServer.start>[0]['nodeCredentials'];
  readonly readiness: () => readonly HealthCheck[];
  /** Stands between each plugin and the API. */
  readonly wrapTransport?: (transport: ApiTransport, plugin: string) => ApiTransport;
  /** More paths on the listener (traces, status). */
  readonly paths?: (paths: PathEndpoints, server: ApiServer) => void;
}

/** What the rest of the composition root sees of a running kernel. */
export interface Kernel {
  readonly plugin: Plugin;
  /** Throws before the kernel has started. */
  readonly server: ApiServer;
  readonly listener: ApiListener | undefined;
}

/** The kernel as a node of the plugin graph: every plugin that requires an API client starts after it and stops before. */
export function createKernel(parts: KernelParts): Kernel {
  let server: ApiServer | undefined;
  let store: Store | undefined;
  let listener: ApiListener | undefined;
  const started = (): ApiServer => {
    if (server === undefined) throw new KeelsonError('KEEL_NOT_STARTED', 'the API server has not started yet');
    return server;
  };
  /** Made with the first call: plugins are set up with their client before the server runs. */
  const transports = new Map<string, ApiTransport>();
  const transportOf = (name: string): ApiTransport => {
    let transport = transports.get(name);
    if (transport === undefined) transports.set(name, (transport = started().transportForPlugin(name, parts.rules.get(name) ?? [])));
    return transport;
  };
  const wrap = parts.wrapTransport ?? ((transport: ApiTransport) => transport);
  const plugin = definePlugin({
    name: '@keelson/kernel',
    version: '0.1.0',
    kind: 'kernel',
    summary: 'API server and watch bus over one store',
    requires: {
      admission: live(AdmissionHandlers), authenticators: live(Authenticators), authorizers: live(Authorizers),
      clock: Clock, random: Random, log: Logger, tracer: Tracer,
    },
    provides: [ApiTransports, CertificateSigner, ClusterAuthority, ServedKinds, ServiceAccountTokenSigner],
    onFailure: 'abort',
    setup: ({ admission, authenticators, authorizers, clock, random, log, tracer }) => ({
      provides: [
        ApiTransports.provide({
          forPlugin: (name) => lateTransport(() => wrap(transportOf(name), name)),
          mayDo: async (name, access) => {
            transportOf(name);
            return started().pluginMayDo(name, access);
          },
        }),
        ClusterAuthority.provide({ certificate: async () => parts.pki?.authority() }),
        CertificateSigner.provide({ read: readCertificateRequest, sign: async (request, how) => parts.pki?.signRequest(request, how) }),
        ServedKinds.provide({ list: () => server?.context.registry.kinds() ?? builtinKinds(), onChange: (listener) => server?.context.registry.onChange(listener) ?? (() => undefined) }),
        ServiceAccountTokenSigner.provide({ forSecret: (secret) => started().tokens?.issueForSecret(secret) }),
      ],
      async start() {
        const signingKey = await parts.pki?.serviceAccountKey();
        store = await parts.openStore();
        server = await ApiServer.start({
          store, clock, random, log, tracer, admission, authenticators, authorizers, podLogs: parts.podLogs,
          ...(parts.nodeCredentials === undefined ? {} : { nodeCredentials: parts.nodeCredentials }),
          ...(parts.schedule === undefined ? {} : { schedule: parts.schedule }),
          ...(parts.parses === undefined ? {} : { parses: parts.parses }),
          ...(signingKey === undefined ? {} : { signingKey }),
          ...(parts.serviceCidr === undefined ? {} : { serviceCidr: parts.serviceCidr }),
        });
        if (parts.listen !== undefined && parts.pki !== undefined) {
          listener = await ApiListener.open(server, { ...parts.listen, pki: parts.pki, readiness: parts.readiness, ...(parts.paths === undefined ? {} : { paths: parts.paths }) });
        }
      },
      drain() {
        listener?.drain();
      },
      async stop() {
        await listener?.close();
        server?.close();
        await store?.close();
        transports.clear();
        listener = undefined;
        server = undefined;
        store = undefined;
      },
    }),
  });
  return {
    plugin: plugin as Plugin,
    get server() {
      return started();
    },
    get listener() {
      return listener;
    },
  };
}

function lateTransport(make: () => ApiTransport): ApiTransport {
  let made: ApiTransport | undefined;
  return {
    call: (call) => (made ??= make()).call(call),
    watch: (call, handler) => (made ??= make()).watch(call, handler),
  };
}
