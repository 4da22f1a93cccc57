import type { EndpointSlice } from '../discovery/v1/index.ts';
import type { Ingress, IngressClass, IPAddress, NetworkPolicy, ServiceCIDR } from '../networking/v1/index.ts';
import { firstOf, orNone, selectorText } from './format.ts';
import { age, ageColumn, column, nameColumn, nameOf, type Printer } from './table.ts';

/** Ingresses. */
export const ingressPrinter: Printer<Ingress> = {
  columns: [
    nameColumn, column('Class', 'class of the controller'), column('Hosts', 'hosts that have rules'), column('Address', 'where the controller listens'),
    column('Ports', 'ports that are open'), ageColumn,
  ],
  row: (object, now) => {
    const { spec = {}, status } = object;
    const hosts = (spec.rules ?? []).map(({ host }) => host ?? '').filter((host) => host !== '');
    const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => (ip !== undefined && ip !== '' ? ip : (hostname ?? '')));
    return [
      nameOf(object), orNone(spec.ingressClassName), firstOf(hosts, 3, '*'), [...new Set(addresses.filter((address) => address !== ''))].join(','),
      (spec.tls ?? []).length > 0 ? '80, 443' : '80', age(object, now),
    ];
  },
};

/** IngressClasses. */
export const ingressClassPrinter: Printer<IngressClass> = {
  columns: [nameColumn, column('Controller', 'controller that serves it'), column('Parameters', 'object with its settings'), ageColumn],
  row: (object, now) => {
    const parameters = object.spec?.parameters;
    const group = parameters?.apiGroup === undefined || parameters.apiGroup === '' ? '' : `.${parameters.apiGroup}`;
    const reference = parameters === undefined ? '<none>' : `${parameters.kind}${group}/${parameters.name}`;
    return [nameOf(object), object.spec?.controller ?? '', reference, age(object, now)];
  },
};

/** NetworkPolicies. */
export const networkPolicyPrinter: Printer<NetworkPolicy> = {
  columns: [nameColumn, column('Pod-Selector', 'labels of the pods that it governs'), ageColumn],
  row: (object, now) => [nameOf(object), selectorText(object.spec?.podSelector), age(object, now)],
};

/** IPAddresses. */
export const ipAddressPrinter: Printer<IPAddress> = {
  columns: [nameColumn, column('ParentRef', 'object that uses the address')],
  row: (object) => {
    const { group = '', resource = '', namespace = '', name = '' } = object.spec?.parentRef ?? {};
    const parts = [`${resource}${group === '' ? '' : `.${group}`}`, namespace, name].filter((part) => part !== '');
    return [nameOf(object), parts.join('/')];
  },
};

/** ServiceCIDRs. */
export const serviceCidrPrinter: Printer<ServiceCIDR> = {
  columns: [nameColumn, column('CIDRs', 'ranges that services get addresses from'), ageColumn],
  row: (object, now) => [nameOf(object), (object.spec?.cidrs ?? []).join(','), age(object, now)],
};

/** EndpointSlices. */
export const endpointSlicePrinter: Printer<EndpointSlice> = {
  columns: [nameColumn, column('AddressType', 'kind of addresses'), column('Ports', 'ports'), column('Endpoints', 'addresses'), ageColumn],
  row: (object, now) => {
    const ports = (object.ports ?? []).map(({ name, port }) => (port === undefined ? (name ?? '') : String(port)));
    const addresses = (object.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
    return [nameOf(object), object.addressType ?? '', firstOf(ports, 3, '<unset>'), firstOf(addresses, 3, '<unset>'), age(object, now)];
  },
};
