import type { LogFields, Logger } from '@keelson/sdk';
import type { LoggerOptions } from './pino-logger.ts';

type Line = 'debug' | 'info' | 'warn' | 'error';

const rank = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 } as const;

/**
 * A logger that is loaded with the first line that its level lets through: a start that has nothing to say does not pay
 * for it. Lines that come while it is loading are written in order when it is there.
 */
export function lateLogger(level: LoggerOptions['level'], load: () => Promise<Logger>): Logger {
  return new LateLogger(new LoadedOnce(load), rank[level], (root) => root);
}

class LateLogger implements Logger {
  #real: Logger | undefined;

  constructor(
    private readonly source: LoadedOnce,
    private readonly least: number,
    private readonly make: (root: Logger) => Logger,
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new LateLogger(this.source, this.least, (root) => this.#in(root).child(fields));
  }

  #write(line: Line, message: string, fields: LogFields | undefined): void {
    if (rank[line] < this.least) return;
    // What a field holds now is what the line says.
    const kept = fields && { ...fields };
    this.source.use((root) => {
      this.#in(root)[line](message, kept);
    });
  }

  #in(root: Logger): Logger {
    return (this.#real ??= this.make(root));
  }
}

class LoadedOnce {
  #root: Logger | undefined;
  #waiting: ((root: Logger) => void)[] | undefined;

  constructor(private readonly load: () => Promise<Logger>) {}

  use(line: (root: Logger) => void): void {
    if (this.#root !== undefined) return line(this.#root);
    if (this.#waiting !== undefined) return void this.#waiting.push(line);
    this.#waiting = [line];
    // Without its logger the program is broken: whoever runs it is told by the rejection.
    void this.load().then((root) => {
      this.#root = root;
      for (const waiting of this.#waiting!) waiting(root);
    });
  }
}
