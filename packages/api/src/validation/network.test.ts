import { Endpoints } from '../core/v1/index.ts';
import { EndpointSlice } from '../discovery/v1/index.ts';
import { Ingress, IngressClass, NetworkPolicy } from '../networking/v1/index.ts';
import { changes, problems } from './testdata/objects.ts';

const service = { service: { name: 'a', port: { number: 80 } } };
const ingress = (path: object) => ({ spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: service, ...path }] } }] } });
const path = 'spec.rules[0].http.paths[0]';

describe('an Ingress', () => {
  it.each<[object, string]>([
    [ingress({ path: 'a' }), `${path}.path: Invalid value: "a": must be an absolute path`],
    [ingress({ path: 'a', pathType: 'ImplementationSpecific' }), `${path}.path: Invalid value: "a": must be an absolute path`],
    [ingress({ path: '/a/../b' }), `${path}.path: Invalid value: "/a/../b": must not contain '/../'`],
    [ingress({ pathType: 'Regex' }), `${path}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`],
    [ingress({ pathType: undefined }), `${path}.pathType: Required value: pathType must be specified`],
    [ingress({ backend: {} }), `${path}.backend: Invalid value: "": resource or service backend is required`],
    [ingress({ backend: { ...service, resource: { kind: 'B', name: 'b' } } }), `${path}.backend: Invalid value: "": cannot set both resource and service backends`],
    [ingress({ backend: { resource: { kind: 'B' } } }), `${path}.backend.resource.name: Required value`],
    [ingress({ backend: { service: { name: 'a' } } }), `${path}.backend: Required value: port name or number is required`],
    [ingress({ backend: { service: { name: 'a', port: { name: 'b', number: 1 } } } }), `${path}.backend: Invalid value: "": cannot set both port name & port number`],
    [{ spec: {} }, 'spec: Invalid value: []: either `defaultBackend` or `rules` must be specified'],
    [{ spec: { rules: [{ host: 'A.example.org' }] } }, 'spec.rules[0].host: Invalid value: "A.example.org": a lowercase RFC 1123 subdomain must consist of'],
    [{ spec: { rules: [{ host: '10.0.0.1' }] } }, 'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    [{ spec: { rules: [{ host: 'a.*.org' }] } }, "spec.rules[0].host: Invalid value: \"a.*.org\": a wildcard DNS-1123 subdomain must start with '*.'"],
    [{ spec: { defaultBackend: service, tls: [{ hosts: ['-a'] }] } }, 'spec.tls[0].hosts[0]: Invalid value: "-a": a lowercase RFC 1123 subdomain'],
    [{ spec: { defaultBackend: service, tls: [{ secretName: 'A' }] } }, 'spec.tls[0].secretName: Invalid value: "A": a lowercase RFC 1123 subdomain'],
  ])('is refused for %j', (rest, text) => {
    expect(problems(Ingress, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('is good with a class, a wildcard host and TLS', () => {
    const spec = { ...ingress({}).spec, ingressClassName: 'nginx', tls: [{ hosts: ['*.example.org', 'example.org'], secretName: 'tls' }] };
    expect(problems(Ingress, { spec })).toEqual([]);
    expect(problems(Ingress, ingress({ path: '', pathType: 'ImplementationSpecific' }))).toEqual([]);
  });
});

describe('an IngressClass', () => {
  const parameters = { kind: 'P', name: 'p' };
  it.each<[object, string]>([
    [{ spec: {} }, 'spec.controller: Required value'],
    [{ spec: { controller: 'nginx' } }, 'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")'],
    [{ spec: { controller: 'A/b' } }, 'spec.controller: Invalid value: "A": a lowercase RFC 1123 subdomain'],
    [{ spec: { controller: `a.b/${'c'.repeat(250)}` } }, 'spec.controller: Too long: may not be more than 250 bytes'],
    [{ spec: { controller: 'a.b/c', parameters: { ...parameters, scope: 'Node' } } }, 'spec.parameters.scope: Unsupported value: "Node": supported values: "Cluster", "Namespace"'],
    [{ spec: { controller: 'a.b/c', parameters: { ...parameters, scope: 'Namespace' } } }, "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    [{ spec: { controller: 'a.b/c', parameters: { ...parameters, namespace: 'n' } } }, "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
  ])('is refused for %j', (rest, text) => {
    expect(problems(IngressClass, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('keeps its controller', () => {
    expect(changes(IngressClass, { spec: { controller: 'a.b/d' } }, { spec: { controller: 'a.b/c' } })).toEqual(['spec.controller: Invalid value: "a.b/d": field is immutable']);
  });
});

describe('a NetworkPolicy', () => {
  const policy = (rule: object) => ({ spec: { podSelector: {}, ingress: [rule] } });
  it.each<[object, string]>([
    [policy({ ports: [{ endPort: 9 }] }), 'spec.ingress[0].ports[0].endPort: Invalid value: 9: may not be specified when `port` is not specified'],
    [policy({ ports: [{ port: 'http', endPort: 9 }] }), 'spec.ingress[0].ports[0].endPort: Invalid value: 9: may not be specified when `port` is non-numeric'],
    [policy({ ports: [{ port: 10, endPort: 9 }] }), 'spec.ingress[0].ports[0].endPort: Invalid value: 9: must be greater than or equal to `port`'],
    [policy({ ports: [{ protocol: 'ICMP' }] }), 'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    [policy({ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }), 'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
    [policy({ from: [{ ipBlock: { cidr: '10.0.0.0' } }] }), 'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid CIDR value'],
    [policy({ from: [{ ipBlock: {} }] }), 'spec.ingress[0].from[0].ipBlock.cidr: Required value'],
    [policy({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }), 'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`'],
    [policy({ from: [{ ipBlock: { cidr: 'fd00::/16', except: ['fd00::/16'] } }] }), 'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "fd00::/16": must be a strict subset of `cidr`'],
    [{ spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] } }, 'spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes'],
    [{ spec: { podSelector: {}, policyTypes: ['Both'] } }, 'spec.policyTypes[0]: Unsupported value: "Both": supported values: "Egress", "Ingress"'],
    [{ spec: { podSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } } }, 'spec.podSelector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator'],
  ])('is refused for %j', (rest, text) => {
    expect(problems(NetworkPolicy, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('is good with holes in networks of both families', () => {
    const from = [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }, { ipBlock: { cidr: 'fd00::/8', except: ['fd00:1::/32'] } }, { ipBlock: { cidr: '0.0.0.0/0', except: ['1.2.3.4/32'] } }];
    expect(problems(NetworkPolicy, policy({ from, ports: [{ port: 80, endPort: 90 }] }))).toEqual([]);
  });
});

describe('Endpoints', () => {
  const subset = (rest: object) => ({ subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }], ...rest }] });
  it.each<[object, string]>([
    [subset({ addresses: [] }), 'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
    [subset({ addresses: [{ ip: 'x' }] }), 'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address'],
    [subset({ addresses: [{ ip: '169.254.1.1' }] }), 'subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range'],
    [subset({ addresses: [{ ip: 'fe80::1' }] }), 'subsets[0].addresses[0].ip: Invalid value: "fe80::1": may not be in the link-local range'],
    [subset({ addresses: [{ ip: '::' }] }), 'subsets[0].addresses[0].ip: Invalid value: "::": may not be unspecified (::)'],
    [subset({ ports: [{ port: 80 }, { port: 81, name: 'b' }] }), 'subsets[0].ports[0].name: Required value'],
    [subset({ ports: [{ port: 0 }] }), 'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    [subset({ ports: [{ port: 80, protocol: 'HTTP' }] }), 'subsets[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"'],
  ])('are refused for %j', (rest, text) => {
    expect(problems(Endpoints, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('may hold loopback addresses: processes of this machine have no other', () => {
    expect(problems(Endpoints, subset({ addresses: [{ ip: '127.0.0.1' }] }))).toEqual([]);
  });
});

describe('an EndpointSlice', () => {
  const slice = (rest: object) => ({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ...rest });
  const many = (count: number) => Array.from({ length: count }, (_, index) => `10.0.${index >> 8}.${index % 256}`);
  it.each<[object, string]>([
    [slice({ addressType: 'IPX' }), 'addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"'],
    [slice({ addressType: undefined }), 'addressType: Required value'],
    [slice({ addressType: 'IPv6' }), 'endpoints[0].addresses[0]: Invalid value: "10.0.0.1": must be an IPv6 address'],
    [slice({ endpoints: [{ addresses: [] }] }), 'endpoints[0].addresses: Required value: must contain at least 1 address'],
    [slice({ endpoints: [{ addresses: many(101) }] }), 'endpoints[0].addresses: Too many: 101: must have at most 100 items'],
    [slice({ endpoints: many(1001).map((address) => ({ addresses: [address] })) }), 'endpoints: Too many: 1001: must have at most 1000 items'],
    [slice({ endpoints: [{ addresses: ['10.0.0.1'], hostname: 'a.b' }] }), 'endpoints[0].hostname: Invalid value: "a.b": must not contain dots'],
    [slice({ ports: [{ port: 1 }, { port: 2 }] }), 'ports[1].name: Duplicate value: ""'],
    [slice({ ports: [{ port: 1, appProtocol: 'a b' }] }), 'ports[0].appProtocol: Invalid value: "a b": name part must consist of'],
  ])('is refused for %#', (rest, text) => {
    expect(problems(EndpointSlice, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('keeps its type of address', () => {
    const next = slice({ addressType: 'IPv6', endpoints: [] });
    expect(changes(EndpointSlice, next, slice({}))).toEqual(['addressType: Invalid value: "IPv6": field is immutable']);
  });
});
