import type { Container, ContainerPort, EnvFromSource, EnvVar, EphemeralContainer, PodSpec } from '../core/v1/index.ts';
import { checkDns1123Label, checkEnvVarName, checkPortName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkHandler, checkProbe } from './probe.ts';
import { checkResources } from './resources.ts';
import { checkEnum, checkForm, checkName, checkPort } from './rules.ts';
import { checkSecurityContext } from './security.ts';

const protocols = ['TCP', 'UDP', 'SCTP'];

/** All containers of a pod: names are unique across the three lists. */
export function checkContainers(spec: PodSpec, field: string, causes: Causes): void {
  if ((spec.containers ?? []).length === 0) causes.required(`${field}.containers`);
  const names = new Set<string>();
  const claim = (name: string, at: string): void => {
    if (names.has(name)) causes.duplicate(`${at}.name`, name);
    names.add(name);
  };
  const hostPorts = new Set<string>();
  for (const [index, container] of (spec.containers ?? []).entries()) {
    const at = `${field}.containers[${index}]`;
    claim(container.name, at);
    checkContainer(container, at, spec, causes);
    checkHostPorts(container, `${at}.ports`, hostPorts, causes);
  }
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const at = `${field}.initContainers[${index}]`;
    claim(container.name, at);
    checkContainer(container, at, spec, causes);
    checkInitOnly(container, at, causes);
  }
  for (const [index, container] of (spec.ephemeralContainers ?? []).entries()) {
    const at = `${field}.ephemeralContainers[${index}]`;
    claim(container.name, at);
    checkEphemeral(container, at, spec, causes);
  }
}

/** What all containers have in common. */
function checkContainer(container: Container | EphemeralContainer, field: string, spec: PodSpec, causes: Causes): void {
  checkName(container.name, `${field}.name`, checkDns1123Label, causes);
  const image = container.image ?? '';
  if (image === '') causes.required(`${field}.image`);
  else if (image !== image.trim()) causes.invalid(`${field}.image`, image, 'must not have leading or trailing whitespace');
  checkEnum(container.imagePullPolicy, `${field}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never'], causes);
  checkEnum(container.terminationMessagePolicy, `${field}.terminationMessagePolicy`, ['File', 'FallbackToLogsOnError'], causes);
  checkPorts(container.ports, `${field}.ports`, spec.hostNetwork === true, causes);
  checkEnvironment(container.env, `${field}.env`, causes);
  checkEnvFrom(container.envFrom, `${field}.envFrom`, causes);
  checkMounts(container, field, spec, causes);
  checkResources(container.resources, `${field}.resources`, causes);
  checkSecurityContext(container.securityContext, `${field}.securityContext`, causes);
  checkProbe(container.livenessProbe, `${field}.livenessProbe`, 'liveness', causes);
  checkProbe(container.readinessProbe, `${field}.readinessProbe`, 'readiness', causes);
  checkProbe(container.startupProbe, `${field}.startupProbe`, 'startup', causes);
  if (container.lifecycle?.postStart !== undefined) checkHandler(container.lifecycle.postStart, `${field}.lifecycle.postStart`, causes);
  if (container.lifecycle?.preStop !== undefined) checkHandler(container.lifecycle.preStop, `${field}.lifecycle.preStop`, causes);
}

function checkInitOnly(container: Container, field: string, causes: Causes): void {
  const { restartPolicy } = container;
  checkEnum(restartPolicy, `${field}.restartPolicy`, ['Always', 'Never', 'OnFailure'], causes);
  if (restartPolicy === 'Always') return;
  for (const part of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[part] !== undefined) causes.forbidden(`${field}.${part}`, 'may not be set for init containers without restartPolicy=Always');
  }
}

function checkEphemeral(container: EphemeralContainer, field: string, spec: PodSpec, causes: Causes): void {
  checkContainer(container, field, spec, causes);
  for (const part of ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const) {
    if (container[part] !== undefined) causes.forbidden(`${field}.${part}`, 'cannot be set for an Ephemeral Container');
  }
  const target = container.targetContainerName ?? '';
  if (target !== '' && ![...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === target)) {
    causes.notFound(`${field}.targetContainerName`, target);
  }
}

function checkPorts(ports: readonly ContainerPort[] | undefined, field: string, hostNetwork: boolean, causes: Causes): void {
  const names = new Set<string>();
  for (const [index, port] of (ports ?? []).entries()) {
    const at = `${field}[${index}]`;
    if (port.name !== undefined && port.name !== '') {
      const errors = checkPortName(port.name);
      for (const message of errors) causes.invalid(`${at}.name`, port.name, message);
      if (errors.length === 0 && names.has(port.name)) causes.duplicate(`${at}.name`, port.name);
      names.add(port.name);
    }
    if (port.containerPort === undefined || port.containerPort === 0) causes.required(`${at}.containerPort`);
    else checkPort(port.containerPort, `${at}.containerPort`, causes);
    if (port.hostPort !== undefined && port.hostPort !== 0) checkPort(port.hostPort, `${at}.hostPort`, causes);
    if (hostNetwork && port.hostPort !== undefined && port.hostPort !== 0 && port.hostPort !== port.containerPort) {
      causes.invalid(`${at}.hostPort`, port.hostPort, 'must match `containerPort` when `hostNetwork` is true');
    }
    checkEnum(port.protocol, `${at}.protocol`, protocols, causes, true);
  }
}

function checkHostPorts(container: Container, field: string, taken: Set<string>, causes: Causes): void {
  for (const [index, port] of (container.ports ?? []).entries()) {
    if (port.hostPort === undefined || port.hostPort === 0) continue;
    const id = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
    if (taken.has(id)) causes.duplicate(`${field}[${index}].hostPort`, id);
    taken.add(id);
  }
}

function isVariableName(name: string | undefined): boolean {
  return name !== undefined && name !== '' && checkEnvVarName(name).length === 0;
}

function checkEnvironment(env: readonly EnvVar[] | undefined, field: string, causes: Causes): void {
  if (env === undefined) return;
  for (let index = 0; index < env.length; index += 1) {
    const { name, value, valueFrom } = env[index]!;
    // Pods have many of these, nearly all plain: for them not even the path is made.
    if (valueFrom === undefined && isVariableName(name)) continue;
    const at = `${field}[${index}]`;
    checkName(name, `${at}.name`, checkEnvVarName, causes);
    if (valueFrom === undefined) continue;
    const sources = Object.values(valueFrom).filter((source) => source !== undefined).length;
    if (sources === 0) causes.invalid(`${at}.valueFrom`, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`');
    else if (value !== undefined && value !== '') causes.invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty');
    else if (sources > 1) causes.invalid(`${at}.valueFrom`, '', 'may not have more than one field specified at a time');
    for (const part of ['configMapKeyRef', 'secretKeyRef'] as const) {
      const source = valueFrom[part];
      if (source !== undefined && !source.key) causes.required(`${at}.valueFrom.${part}.key`);
    }
    if (valueFrom.fieldRef !== undefined) checkFieldRef(valueFrom.fieldRef.fieldPath, `${at}.valueFrom.fieldRef.fieldPath`, causes);
    if (valueFrom.resourceFieldRef !== undefined && !valueFrom.resourceFieldRef.resource) causes.required(`${at}.valueFrom.resourceFieldRef.resource`);
  }
}

const envFieldPaths = [
  'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs',
  'status.podIP', 'status.podIPs',
];

function checkFieldRef(path: string | undefined, field: string, causes: Causes): void {
  if (path === undefined || path === '') causes.required(field);
  else if (!envFieldPaths.includes(path) && !/^metadata\.(labels|annotations)\['[^']+'\]$/.test(path)) causes.notSupported(field, path, envFieldPaths);
}

function checkEnvFrom(sources: readonly EnvFromSource[] | undefined, field: string, causes: Causes): void {
  for (const [index, { configMapRef, secretRef, prefix }] of (sources ?? []).entries()) {
    const at = `${field}[${index}]`;
    if (prefix !== undefined && prefix !== '') checkForm(prefix, `${at}.prefix`, checkEnvVarName, causes);
    if (configMapRef === undefined && secretRef === undefined) causes.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (configMapRef !== undefined && secretRef !== undefined) causes.invalid(at, '', 'may not have more than one field specified at a time');
    if (configMapRef !== undefined && !configMapRef.name) causes.required(`${at}.configMapRef.name`);
    if (secretRef !== undefined && !secretRef.name) causes.required(`${at}.secretRef.name`);
  }
}

function checkMounts(container: Container | EphemeralContainer, field: string, spec: PodSpec, causes: Causes): void {
  const paths = new Set<string>();
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${field}.volumeMounts[${index}]`;
    if (!mount.name) causes.required(`${at}.name`);
    else if (!(spec.volumes ?? []).some(({ name }) => name === mount.name)) causes.notFound(`${at}.name`, mount.name);
    if (!mount.mountPath) causes.required(`${at}.mountPath`);
    else if (paths.has(mount.mountPath)) causes.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique');
    paths.add(mount.mountPath);
    if (mount.subPath !== undefined && mount.subPath !== '') checkLocalPath(mount.subPath, `${at}.subPath`, causes);
    if (mount.subPathExpr !== undefined && mount.subPathExpr !== '') {
      if (mount.subPath !== undefined && mount.subPath !== '') causes.invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive');
      checkLocalPath(mount.subPathExpr, `${at}.subPathExpr`, causes);
    }
    checkEnum(mount.mountPropagation, `${at}.mountPropagation`, ['Bidirectional', 'HostToContainer', 'None'], causes);
  }
}

/** A path inside a volume. */
export function checkLocalPath(path: string, field: string, causes: Causes): void {
  if (path.startsWith('/')) causes.invalid(field, path, 'must be a relative path');
  if (path.split('/').includes('..')) causes.invalid(field, path, "must not contain '..'");
}
