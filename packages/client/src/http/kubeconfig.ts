import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { KeelsonError } from '@keelson/sdk';
import type { ConnectionConfig, ExecConfig } from './connection-config.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A parsed kubeconfig; file paths in it are absolute. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly contexts: readonly string[];
  /** Connection of a context, default the current one; reads the certificate files that it names. */
  connection(context?: string): Promise<ConnectionConfig>;
}

/** Reads a kubeconfig file. Throws `KEEL_KUBECONFIG` when it cannot be read or understood. */
export async function loadKubeconfig(path: string): Promise<Kubeconfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw broken(`kubeconfig ${path} cannot be read: ${(error as Error).message}`, error);
  }
  return parseKubeconfig(text, dirname(path));
}

/** Parses a kubeconfig; relative paths in it are taken from `folder`. */
export function parseKubeconfig(text: string, folder: string): Kubeconfig {
  let document: Fields;
  try {
    document = fieldsOf(parse(text));
  } catch (error) {
    throw broken(`kubeconfig is not YAML: ${(error as Error).message}`, error);
  }
  const contexts = named(document['contexts'], 'context');
  const currentContext = String(document['current-context'] ?? '');
  return {
    currentContext,
    contexts: [...contexts.keys()],
    async connection(name = currentContext) {
      const context = contexts.get(name);
      if (context === undefined) throw broken(`context "${name}" is not in the kubeconfig: choose one of ${[...contexts.keys()].join(', ') || '(none)'}`);
      const cluster = pick(named(document['clusters'], 'cluster'), context['cluster'], 'cluster');
      const user = context['user'] === undefined || context['user'] === '' ? {} : pick(named(document['users'], 'user'), context['user'], 'user');
      return connectionOf(cluster, user, { folder, namespace: textOf(context['namespace']) });
    },
  };
}

async function connectionOf(cluster: Fields, user: Fields, { folder, namespace }: { readonly folder: string; readonly namespace: string | undefined }): Promise<ConnectionConfig> {
  const server = textOf(cluster['server']);
  if (server === undefined) throw broken('the cluster of the kubeconfig names no server');
  const at = (path: string | undefined): string | undefined => (path === undefined ? undefined : isAbsolute(path) ? path : join(folder, path));
  const pem = async (fields: Fields, name: string): Promise<string | undefined> => {
    const data = textOf(fields[`${name}-data`]);
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
    const path = at(textOf(fields[name]));
    return path === undefined ? undefined : readPem(path);
  };
  return {
    server, namespace,
    ca: await pem(cluster, 'certificate-authority'),
    tlsServerName: textOf(cluster['tls-server-name']),
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'] === true,
    cert: await pem(user, 'client-certificate'),
    key: await pem(user, 'client-key'),
    token: textOf(user['token']),
    tokenFile: at(textOf(user['tokenFile'])),
    username: textOf(user['username']),
    password: textOf(user['password']),
    exec: user['exec'] === undefined ? undefined : execOf(fieldsOf(user['exec']), folder),
  };
}

function execOf(exec: Fields, folder: string): ExecConfig {
  const command = textOf(exec['command']);
  if (command === undefined) throw broken('the exec plugin of the kubeconfig names no command');
  const env = Array.isArray(exec['env']) ? exec['env'].map(fieldsOf).map(({ name, value }) => [String(name), String(value)] as const) : [];
  return {
    apiVersion: textOf(exec['apiVersion']) ?? 'client.authentication.k8s.io/v1',
    // As upstream: a bare name is looked up on the path, one with a slash is relative to the kubeconfig.
    command: command.includes('/') && !isAbsolute(command) ? join(folder, command) : command,
    args: Array.isArray(exec['args']) ? exec['args'].map(String) : [],
    env: Object.fromEntries(env),
    provideClusterInfo: exec['provideClusterInfo'] === true,
    installHint: textOf(exec['installHint']),
  };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw broken(`file ${path} of the kubeconfig cannot be read: ${(error as Error).message}`, error);
  }
}

function named(list: unknown, member: string): ReadonlyMap<string, Fields> {
  const entries = Array.isArray(list) ? list.map(fieldsOf) : [];
  return new Map(entries.map((entry) => [String(entry['name']), fieldsOf(entry[member])]));
}

function pick(from: ReadonlyMap<string, Fields>, name: unknown, what: string): Fields {
  const found = from.get(String(name));
  if (found === undefined) throw broken(`${what} "${String(name)}" is not in the kubeconfig, but a context names it`);
  return found;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function broken(message: string, cause?: unknown): KeelsonError {
  return new KeelsonError('KEEL_KUBECONFIG', message, cause === undefined ? undefined : { cause });
}
