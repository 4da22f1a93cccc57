import pino from 'pino';
import type { LogFields, Logger } from '@keelson/sdk';
import { humanLine } from '../output/human-line.ts';

/** How the log looks. */
export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Lines for people instead of JSON. */
  readonly human: boolean;
  readonly write: (text: string) => void;
}

const secrets = ['authorization', 'cookie', 'token', 'password', 'secret', 'privateKey', 'clientKeyData', 'bearerToken', 'client-key-data'];

/** The logger of the process, by pino; values under names of secrets are never written. */
export function pinoLogger(options: LoggerOptions): Logger {
  const destination = { write: (line: string) => options.write(options.human ? humanLine(line) : line) };
  const root = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
      redact: { paths: secrets.flatMap((name) => [path(name), `*${path(name, true)}`, `*.*${path(name, true)}`]), censor: '[secret]' },
    },
    destination,
  );
  return adapt(root);
}

function adapt(logger: pino.Logger): Logger {
  return {
    debug: (message, fields) => logger.debug(plain(fields), message),
    info: (message, fields) => logger.info(plain(fields), message),
    warn: (message, fields) => logger.warn(plain(fields), message),
    error: (message, fields) => logger.error(plain(fields), message),
    child: (fields) => adapt(logger.child(plain(fields))),
  };
}

function plain(fields: LogFields | undefined): Record<string, unknown> {
  return { ...fields };
}

/** Pino wants names that are no identifiers in brackets. */
function path(name: string, nested = false): string {
  return /^\w+$/.test(name) ? `${nested ? '.' : ''}${name}` : `["${name}"]`;
}
