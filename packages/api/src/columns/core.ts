import type { ComponentStatus, ConfigMap, Endpoints, Event, Namespace, ResourceQuota, Secret, Service, ServiceAccount } from '../core/v1/index.ts';
import type { Event as NewEvent } from '../events/v1/index.ts';
import { firstOf, labelsText, orNone, sizeOf } from './format.ts';
import { age, ageColumn, column, nameColumn, nameOf, since, wide, type Cell, type Column, type Printer } from './table.ts';

/** ConfigMaps. */
export const configMapPrinter: Printer<ConfigMap> = {
  columns: [nameColumn, column('Data', 'entries', 'integer'), ageColumn],
  row: (object, now) => [nameOf(object), sizeOf(object.data) + sizeOf(object.binaryData), age(object, now)],
};

/** Secrets. */
export const secretPrinter: Printer<Secret> = {
  columns: [nameColumn, column('Type', 'what the secret is for'), column('Data', 'entries', 'integer'), ageColumn],
  row: (object, now) => [nameOf(object), object.type ?? '', sizeOf(object.data), age(object, now)],
};

/** ServiceAccounts. */
export const serviceAccountPrinter: Printer<ServiceAccount> = {
  columns: [nameColumn, column('Secrets', 'secrets that its pods may mount', 'integer'), ageColumn],
  row: (object, now) => [nameOf(object), (object.secrets ?? []).length, age(object, now)],
};

/** Namespaces. */
export const namespacePrinter: Printer<Namespace> = {
  columns: [nameColumn, column('Status', 'whether it is in use or going away'), ageColumn],
  row: (object, now) => [nameOf(object), object.status?.phase ?? '', age(object, now)],
};

/** Services. */
export const servicePrinter: Printer<Service> = {
  columns: [
    nameColumn, column('Type', 'how it is reached'), column('Cluster-IP', 'address inside the cluster'), column('External-IP', 'addresses outside the cluster'),
    column('Port(s)', 'ports, node ports and protocols'), ageColumn, wide('Selector', 'labels of the pods behind it'),
  ],
  row: (object, now) => {
    const { spec } = object;
    const ports = (spec?.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`);
    return [
      nameOf(object), spec?.type ?? '', orNone(spec?.clusterIPs?.[0] ?? spec?.clusterIP), externalAddress(object), orNone(ports.join(',')), age(object, now), labelsText(spec?.selector),
    ];
  },
};

function externalAddress({ spec, status }: Service): string {
  const given = spec?.externalIPs ?? [];
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  if (spec?.type !== 'LoadBalancer') return orNone(given.join(','));
  const balancers = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => (ip !== undefined && ip !== '' ? ip : (hostname ?? '')));
  const all = [...new Set(balancers.filter((address) => address !== '')), ...given];
  return all.length === 0 ? '<pending>' : all.join(',');
}

/** Endpoints. */
export const endpointsPrinter: Printer<Endpoints> = {
  columns: [nameColumn, column('Endpoints', 'addresses and ports'), ageColumn],
  row: (object, now) => {
    const addresses = (object.subsets ?? []).flatMap(({ addresses: ready = [], ports = [] }) =>
      (ports ?? []).length === 0 ? (ready ?? []).map(({ ip }) => ip) : (ports ?? []).flatMap(({ port }) => (ready ?? []).map(({ ip }) => hostPort(ip, port))),
    );
    return [nameOf(object), firstOf(addresses, 3, '<none>'), age(object, now)];
  },
};

function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

const eventColumns: readonly Column[] = [
  column('Last Seen', 'time since it last happened'), column('Type', 'Normal or Warning'), column('Reason', 'short word for what happened'),
  column('Object', 'what it happened to'), wide('Subobject', 'part of the object'), wide('Source', 'who reported it'), column('Message', 'what happened'),
  wide('First Seen', 'time since it first happened'), wide('Count', 'how often it happened', 'integer'), { ...nameColumn, priority: 1 },
];

interface EventParts {
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly count: number | undefined;
  readonly type: string | undefined;
  readonly reason: string | undefined;
  readonly about: { readonly kind?: string | undefined; readonly name?: string | undefined; readonly fieldPath?: string | undefined } | undefined;
  readonly source: string;
  readonly message: string | undefined;
}

function eventRow(object: Event | NewEvent, parts: EventParts, now: number): readonly Cell[] {
  const series = object.series as { count?: number; lastObservedTime?: string } | undefined;
  const first = parts.first ?? object.eventTime;
  const last = series?.lastObservedTime ?? parts.last ?? first;
  const target = `${(parts.about?.kind ?? '').toLowerCase()}/${parts.about?.name ?? ''}`;
  return [
    since(last, now), parts.type ?? '', parts.reason ?? '', target, parts.about?.fieldPath ?? '', parts.source, (parts.message ?? '').trim(), since(first, now),
    series?.count ?? (parts.count === undefined || parts.count === 0 ? 1 : parts.count), nameOf(object),
  ];
}

function sourceText(component: string | undefined, host: string | undefined): string {
  return [component ?? '', host ?? ''].filter((part) => part !== '').join(', ');
}

/** Events of core/v1. */
export const eventPrinter: Printer<Event> = {
  columns: eventColumns,
  row: (event, now) =>
    eventRow(
      event,
      {
        first: event.firstTimestamp, last: event.lastTimestamp, count: event.count, type: event.type, reason: event.reason, about: event.involvedObject,
        source: sourceText(event.source?.component || event.reportingComponent, event.source?.host || event.reportingInstance), message: event.message,
      },
      now,
    ),
};

/** Events of events.k8s.io/v1. */
export const newEventPrinter: Printer<NewEvent> = {
  columns: eventColumns,
  row: (event, now) =>
    eventRow(
      event,
      {
        first: event.deprecatedFirstTimestamp, last: event.deprecatedLastTimestamp, count: event.deprecatedCount, type: event.type, reason: event.reason,
        about: event.regarding, source: sourceText(event.deprecatedSource?.component || event.reportingController, event.deprecatedSource?.host || event.reportingInstance),
        message: event.note,
      },
      now,
    ),
};

/** ResourceQuotas. */
export const resourceQuotaPrinter: Printer<ResourceQuota> = {
  columns: [nameColumn, column('Request', 'requests and counts in use, of those allowed'), column('Limit', 'limits in use, of those allowed'), ageColumn],
  row: (object, now) => {
    const { hard = {}, used = {} } = object.status ?? {};
    const line = (name: string): string => `${name}: ${used[name] ?? '0'}/${hard[name] ?? '0'}`;
    const names = Object.keys(hard).sort();
    const limits = names.filter((name) => name.startsWith('limits'));
    return [nameOf(object), names.filter((name) => !limits.includes(name)).map(line).join(', '), limits.map(line).join(', '), age(object, now)];
  },
};

/** ComponentStatuses. */
export const componentStatusPrinter: Printer<ComponentStatus> = {
  columns: [nameColumn, column('Status', 'whether it is healthy'), column('Message', 'what its health check says'), column('Error', 'why the check failed')],
  row: (object) => {
    const healthy = object.conditions?.find(({ type }) => type === 'Healthy');
    const status = { True: 'Healthy', False: 'Unhealthy' }[healthy?.status ?? ''] ?? 'Unknown';
    return [nameOf(object), status, healthy?.message ?? '', healthy?.error ?? ''];
  },
};
