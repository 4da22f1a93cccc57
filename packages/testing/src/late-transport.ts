import type { KubeObject } from '@keelson/api';
import type { ApiCall, ApiTransport, WatchHandle, WatchHandler } from '@keelson/sdk';

/** A transport that is there when needed: what it fronts may start with the first call. */
export class LateTransport implements ApiTransport {
  constructor(
    private readonly present: () => ApiTransport | undefined,
    private readonly obtain: () => Promise<ApiTransport>,
  ) {}

  call(call: ApiCall): Promise<unknown> {
    const transport = this.present();
    return transport === undefined ? this.obtain().then((late) => late.call(call)) : transport.call(call);
  }

  watch(call: Omit<ApiCall, 'verb' | 'body'>, handler: WatchHandler<KubeObject>): WatchHandle {
    const transport = this.present();
    if (transport !== undefined) return transport.watch(call, handler);
    let stopped = false;
    let handle: WatchHandle | undefined;
    const open = this.obtain().then(
      (late) => {
        if (!stopped) handle = late.watch(call, handler);
      },
      (error: unknown) => {
        if (!stopped) handler.end(error as Error);
      },
    );
    return {
      stop: () => {
        stopped = true;
        handle?.stop();
      },
      reached: (revision) => (handle === undefined ? open.then(() => handle?.reached?.(revision)) : handle.reached?.(revision)),
    };
  }
}
