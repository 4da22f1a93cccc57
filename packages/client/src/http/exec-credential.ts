import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KeelsonError } from '@keelson/sdk';
import type { ConnectionConfig, ExecConfig } from './connection-config.ts';

const run = promisify(execFile);

/** What a credential plugin answered. */
export interface ExecCredential {
  readonly token: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Milliseconds since the epoch; undefined: until refused. */
  readonly expires: number | undefined;
}

/** Runs a credential plugin (`client.authentication.k8s.io`). Throws `KEEL_EXEC_CREDENTIAL` with what the plugin said. */
export async function execCredential(exec: ExecConfig, config: ConnectionConfig, environment: Readonly<Record<string, string | undefined>>): Promise<ExecCredential> {
  const cluster = { server: config.server, ...(config.ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(config.ca).toString('base64') }) };
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster } : {}) } };
  let output: string;
  try {
    const env = { ...environment, ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
    output = (await run(exec.command, [...exec.args], { env, timeout: 60_000, maxBuffer: 1 << 20 })).stdout;
  } catch (error) {
    const missing = (error as { code?: unknown }).code === 'ENOENT';
    const hint = missing && exec.installHint ? `\n${exec.installHint}` : '';
    throw new KeelsonError('KEEL_EXEC_CREDENTIAL', `credential plugin ${exec.command} failed: ${missing ? 'no such program' : (error as Error).message}${hint}`, { cause: error });
  }
  return parseCredential(output, exec.command);
}

function parseCredential(output: string, command: string): ExecCredential {
  let status: Record<string, unknown> | undefined;
  try {
    status = (JSON.parse(output) as { status?: Record<string, unknown> }).status;
  } catch (error) {
    throw new KeelsonError('KEEL_EXEC_CREDENTIAL', `credential plugin ${command} answered no JSON`, { cause: error });
  }
  const text = (name: string): string | undefined => (typeof status?.[name] === 'string' ? status[name] : undefined);
  const [token, cert, key, expiry] = [text('token'), text('clientCertificateData'), text('clientKeyData'), text('expirationTimestamp')];
  if (token === undefined && cert === undefined) throw new KeelsonError('KEEL_EXEC_CREDENTIAL', `credential plugin ${command} answered neither a token nor a certificate`);
  return { token, cert, key, expires: expiry === undefined ? undefined : Date.parse(expiry) };
}
