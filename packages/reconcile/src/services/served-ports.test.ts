import type { Pod, Service, ServicePort } from '@keelson/api/core/v1';
import { servedPorts } from './served-ports.ts';

const service = (...ports: ServicePort[]) => ({ spec: { ports } }) as unknown as Service;
const pod = {
  spec: {
    containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 8080 }, { name: 'dns', containerPort: 53, protocol: 'UDP' }] }],
    initContainers: [{ name: 'proxy', restartPolicy: 'Always', ports: [{ name: 'admin', containerPort: 15000 }] }, { name: 'once', ports: [{ name: 'gone', containerPort: 1 }] }],
  },
} as unknown as Pod;

test.each<[string, ServicePort, unknown]>([
  ['the same port without a target', { port: 80 }, { name: '', port: 80, protocol: 'TCP' }],
  ['a number', { name: 'a', port: 80, targetPort: 8080, appProtocol: 'http' }, { name: 'a', port: 8080, protocol: 'TCP', appProtocol: 'http' }],
  ['a name', { name: 'a', port: 80, targetPort: 'http' }, { name: 'a', port: 8080, protocol: 'TCP' }],
  ['a name of the same protocol only', { port: 53, targetPort: 'dns' }, undefined],
  ['a sidecar\'s name', { port: 1, targetPort: 'admin' }, { name: '', port: 15000, protocol: 'TCP' }],
  ['an init container that ends', { port: 1, targetPort: 'gone' }, undefined],
])('serves %s', (_title, port, expected) => {
  expect(servedPorts(service(port), pod)).toEqual(expected === undefined ? [] : [expected]);
});
