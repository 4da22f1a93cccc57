import type { Logger } from '@keelson/sdk';
import type { World } from '../world.ts';

/** What has plugins. */
interface Hosted {
  readonly host: { stray(error: Error): string | undefined };
}

/**
 * Keeps errors that nothing caught from ending the process while plugins run. Those of a plugin are its faults: logged,
 * counted, and after some of them it is restarted. Others are Keelson's own: a rejection is logged; after an exception
 * nobody knows what was left half done, so `fail` is called to stop in order.
 */
export class StrayErrors {
  /** Rejects with the exception after which going on would be reckless. */
  readonly failed: Promise<never>;
  readonly #unlisten: () => void;
  #hosted: Hosted | undefined;

  constructor(world: World, log: Logger) {
    let fail: (error: Error) => void = () => undefined;
    this.failed = new Promise<never>((_resolve, reject) => (fail = reject));
    this.failed.catch(() => undefined); // observed by whoever waits for the end, if anybody
    this.#unlisten = world.uncaught.listen((error, kind) => {
      const plugin = this.#hosted?.host.stray(error);
      const what = kind === 'exception' ? 'uncaught error' : 'unhandled rejection';
      log.error(plugin === undefined ? what : `${what} of a plugin`, { ...(plugin === undefined ? {} : { plugin }), error: error.message, stack: error.stack });
      if (plugin === undefined && kind === 'exception') fail(new Error(`an error that nothing caught, and that belongs to no plugin: ${error.message}`, { cause: error }));
    });
  }

  /** From now on errors are laid at the door of its plugins. */
  watch(hosted: Hosted): void {
    this.#hosted = hosted;
  }

  close(): void {
    this.#unlisten();
  }
}
