import type { HTTPGetAction, LifecycleHandler, Probe } from '../core/v1/index.ts';
import { checkPortName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkNonNegative, checkPort } from './rules.ts';

/** Probes of a container; liveness and startup succeed at the first good answer. */
export function checkProbe(probe: Probe | undefined, field: string, kind: 'liveness' | 'readiness' | 'startup', causes: Causes): void {
  if (probe === undefined) return;
  checkHandler(probe, field, causes);
  for (const part of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    checkNonNegative(probe[part], `${field}.${part}`, causes);
  }
  if (probe.terminationGracePeriodSeconds !== undefined) {
    if (kind === 'readiness') causes.invalid(`${field}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must not be set for readinessProbes');
    else if (probe.terminationGracePeriodSeconds <= 0) causes.invalid(`${field}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must be greater than 0');
  }
  if (kind !== 'readiness' && probe.successThreshold !== undefined && probe.successThreshold !== 1) {
    causes.invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1');
  }
}

/** Exactly one handler, and that one complete. */
export function checkHandler(handler: Probe & LifecycleHandler, field: string, causes: Causes): void {
  const given = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter((name) => handler[name] !== undefined);
  if (given.length === 0) causes.required(field, 'must specify a handler type');
  for (const extra of given.slice(1)) causes.forbidden(`${field}.${extra}`, 'may not specify more than 1 handler type');
  if (handler.exec !== undefined && (handler.exec.command ?? []).length === 0) causes.required(`${field}.exec.command`);
  if (handler.httpGet !== undefined) checkHttpGet(handler.httpGet, `${field}.httpGet`, causes);
  if (handler.tcpSocket !== undefined) checkPortReference(handler.tcpSocket.port, `${field}.tcpSocket.port`, causes);
  if (handler.grpc !== undefined) checkPort(handler.grpc.port, `${field}.grpc.port`, causes);
  if (handler.sleep !== undefined) checkNonNegative(handler.sleep.seconds, `${field}.sleep`, causes);
}

function checkHttpGet(http: HTTPGetAction, field: string, causes: Causes): void {
  if (http.path === undefined || http.path === '') causes.required(`${field}.path`);
  checkPortReference(http.port, `${field}.port`, causes);
  checkEnum(http.scheme, `${field}.scheme`, ['HTTP', 'HTTPS'], causes);
  for (const [index, { name }] of (http.httpHeaders ?? []).entries()) {
    if (!/^[-A-Za-z0-9]+$/.test(name ?? '')) {
      causes.invalid(`${field}.httpHeaders[${index}].name`, name, "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
    }
  }
}

function checkPortReference(port: number | string | undefined, field: string, causes: Causes): void {
  if (typeof port === 'string') checkForm(port, field, checkPortName, causes);
  else checkPort(port ?? 0, field, causes);
}
