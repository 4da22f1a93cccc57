import { KeelsonError } from '@keelson/sdk';
import type { Clock, LifecycleContext } from '@keelson/sdk';

/** One timed call of a lifecycle hook. */
export interface HookCall {
  readonly plugin: string;
  readonly hook: 'start' | 'ready' | 'drain' | 'stop';
  readonly limitMs: number;
  readonly clock: Clock;
  /** Ends the wait at once, with its reason. */
  readonly interrupt?: AbortSignal | undefined;
  run(context: LifecycleContext): Promise<void> | void;
}

/**
 * Runs a hook until it settles, its time is up or it is interrupted. The hook's own signal aborts in the latter two
 * cases and whatever it does afterwards is ignored.
 */
export function callHook(call: HookCall): Promise<void> {
  const controller = new AbortController();
  return new Promise<void>((resolve, reject) => {
    const giveUp = (reason: unknown): void => {
      finish();
      controller.abort(reason);
      reject(reason as Error);
    };
    const interrupted = (): void => giveUp(call.interrupt?.reason);
    const timer = call.clock.after(call.limitMs, () => giveUp(tooSlow(call)));
    const finish = (): void => {
      timer.cancel();
      call.interrupt?.removeEventListener('abort', interrupted);
    };
    call.interrupt?.addEventListener('abort', interrupted, { once: true });
    if (call.interrupt?.aborted) return interrupted();
    // An async wrapper turns a synchronous throw of the hook into a rejection.
    const running = (async () => call.run({ signal: controller.signal }))();
    running.then(
      () => {
        finish();
        resolve();
      },
      (error: unknown) => {
        finish();
        reject(error as Error);
      },
    );
  });
}

function tooSlow({ plugin, hook, limitMs }: HookCall): KeelsonError {
  return new KeelsonError('KEEL_HOOK_TIMEOUT', `${hook} of ${plugin} did not finish within ${limitMs / 1000} s`);
}
