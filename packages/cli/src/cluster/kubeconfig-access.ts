import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { CliError } from '../errors.ts';

/** What a kubeconfig's context says about reaching a cluster; PEM texts. */
export interface KubeconfigAccess {
  readonly context: string;
  readonly server: string;
  readonly authority?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly token?: string | undefined;
  readonly insecure: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a kubeconfig's context (default: the current one). Throws KEEL_KUBECONFIG with the file's name. */
export function readKubeconfig(file: string, context?: string): KubeconfigAccess {
  let config: Fields;
  try {
    config = parse(readFileSync(file, 'utf8')) as Fields;
  } catch (error) {
    throw new CliError('KEEL_KUBECONFIG', `cannot read kubeconfig ${file}: ${(error as Error).message}`, { cause: error });
  }
  const wanted = context ?? text(config?.['current-context']);
  if (wanted === undefined || wanted === '') throw new CliError('KEEL_KUBECONFIG', `kubeconfig ${file} has no current context; name one with --context`);
  const chosen = named(config, 'contexts', 'context', wanted, file);
  const cluster = named(config, 'clusters', 'cluster', text(chosen['cluster']) ?? '', file);
  const user = chosen['user'] === undefined ? {} : named(config, 'users', 'user', text(chosen['user']) ?? '', file);
  const pem = (from: Fields, key: string): string | undefined => pemOf(from, key, dirname(file));
  const server = text(cluster['server']);
  if (server === undefined) throw new CliError('KEEL_KUBECONFIG', `kubeconfig ${file}: cluster of context "${wanted}" has no server`);
  return {
    context: wanted,
    server,
    authority: pem(cluster, 'certificate-authority'),
    certificate: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    token: text(user['token']) ?? fileText(text(user['tokenFile']), dirname(file)),
    insecure: cluster['insecure-skip-tls-verify'] === true,
  };
}

function named(config: Fields, list: string, member: string, name: string, file: string): Fields {
  const items = Array.isArray(config[list]) ? (config[list] as Fields[]) : [];
  const found = items.find((item) => item?.['name'] === name)?.[member];
  if (typeof found !== 'object' || found === null) throw new CliError('KEEL_KUBECONFIG', `kubeconfig ${file} has no ${member} "${name}"`);
  return found as Fields;
}

function pemOf(from: Fields, key: string, folder: string): string | undefined {
  const data = text(from[`${key}-data`]);
  return data === undefined ? fileText(text(from[key]), folder) : Buffer.from(data, 'base64').toString('utf8');
}

function fileText(path: string | undefined, folder: string): string | undefined {
  return path === undefined ? undefined : readFileSync(resolve(folder, path), 'utf8').trim();
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
