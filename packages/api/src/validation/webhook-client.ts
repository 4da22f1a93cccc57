import type { WebhookClientConfig } from '../admissionregistration/v1/index.ts';
import { checkDns1123Subdomain } from '../names/index.ts';
import type { Causes } from './causes.ts';

const form = 'desired format: https://host[/path]';

/** How a server reaches a webhook: by URL or by service, never both. */
export function checkClientConfig(config: WebhookClientConfig | undefined, field: string, causes: Causes): void {
  const { url, service } = config ?? {};
  if ((url === undefined) === (service === undefined)) causes.required(field, 'exactly one of url or service is required');
  else if (url !== undefined) checkUrl(url, `${field}.url`, causes);
  else if (service !== undefined) checkService(service, `${field}.service`, causes);
}

/** Taken apart by hand: URL parsers of JavaScript repair what they read. */
const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

function checkUrl(url: string, field: string, causes: Causes): void {
  const [, scheme = '', user, host = '', , query, fragment] = parts.exec(url) ?? [];
  if (scheme.toLowerCase() !== 'https') causes.invalid(field, scheme, `'https' is the only allowed URL scheme; ${form}`);
  if (host === '') causes.invalid(field, host, `host must be specified; ${form}`);
  if (user !== undefined) causes.invalid(field, user, 'user information is not permitted in the URL');
  if (fragment) causes.invalid(field, fragment, 'fragments are not permitted in the URL');
  if (query) causes.invalid(field, query, 'query parameters are not permitted in the URL');
}

function checkService({ name, namespace, path, port }: NonNullable<WebhookClientConfig['service']>, field: string, causes: Causes): void {
  if (!name) causes.required(`${field}.name`, 'service name is required');
  if (!namespace) causes.required(`${field}.namespace`, 'service namespace is required');
  if (port !== undefined && (port < 1 || port > 65_535)) causes.invalid(`${field}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive');
  if (path !== undefined) checkPath(path, `${field}.path`, causes);
}

function checkPath(path: string, field: string, causes: Causes): void {
  if (path === '/' || path === '') return;
  if (!path.startsWith('/')) {
    causes.invalid(field, path, "must start with a '/'");
    return;
  }
  const steps = path.slice(1).replace(/\/$/, '').split('/');
  for (const [index, step] of steps.entries()) {
    if (step === '') causes.invalid(field, path, `segment[${index}] may not be empty`);
    else for (const message of checkDns1123Subdomain(step)) causes.invalid(field, path, `segment[${index}]: ${message}`);
  }
}
