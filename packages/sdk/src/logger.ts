import { token } from './token.ts';

/** Fields of a log line; values are plain data and never hold secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logger; the host adds the plugin's name and the active trace id. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
}

export const Logger = token<Logger>('keelson.logger');

/** Discards everything; for pure unit tests. */
export const silentLogger: Logger = Object.freeze({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
});
