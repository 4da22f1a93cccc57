import type { Container, EphemeralContainer, HTTPGetAction, LifecycleHandler, Probe, ResourceRequirements } from '../core/v1/index.ts';
import { each, setAbsent, setZero } from './set-default.ts';

/** Defaults of app, init and ephemeral containers. */
export function defaultContainer(container: Container | EphemeralContainer): void {
  setZero(container, 'imagePullPolicy', defaultPullPolicy(container.image ?? ''));
  setZero(container, 'terminationMessagePath', '/dev/termination-log');
  setZero(container, 'terminationMessagePolicy', 'File');
  setAbsent(container, 'resources', {});
  each(container.ports, (port) => setZero(port, 'protocol', 'TCP'));
  each(container.env, ({ valueFrom }) => {
    if (valueFrom?.fieldRef !== undefined) setZero(valueFrom.fieldRef, 'apiVersion', 'v1');
    if (valueFrom?.resourceFieldRef !== undefined) setAbsent(valueFrom.resourceFieldRef, 'divisor', '0');
    if (valueFrom?.fileKeyRef !== undefined) setAbsent(valueFrom.fileKeyRef, 'optional', false);
  });
  each([container.livenessProbe, container.readinessProbe, container.startupProbe], defaultProbe);
  each([container.lifecycle?.postStart, container.lifecycle?.preStop], defaultHandler);
}

function defaultProbe(probe: Probe | undefined): void {
  if (probe === undefined) return;
  setZero(probe, 'timeoutSeconds', 1);
  setZero(probe, 'periodSeconds', 10);
  setZero(probe, 'successThreshold', 1);
  setZero(probe, 'failureThreshold', 3);
  if (probe.grpc !== undefined) setAbsent(probe.grpc, 'service', '');
  defaultHandler(probe);
}

function defaultHandler(handler: Pick<LifecycleHandler, 'httpGet'> | undefined): void {
  const http: HTTPGetAction | undefined = handler?.httpGet;
  if (http === undefined) return;
  setZero(http, 'path', '/');
  setZero(http, 'scheme', 'HTTP');
}

/** Always for the tag `latest`, said or implied; a digest pins the image whatever its tag. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  if (image.includes('@')) return 'IfNotPresent';
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.lastIndexOf(':');
  return colon < 0 || name.slice(colon + 1) === 'latest' ? 'Always' : 'IfNotPresent';
}

/** A limit without a request is also the request. */
export function requestWhatIsLimited(resources: ResourceRequirements | undefined): void {
  if (resources?.limits === undefined) return;
  const requests = { ...resources.limits, ...resources.requests };
  if (Object.keys(requests).length > 0) resources.requests = requests;
}
