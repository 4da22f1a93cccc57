import type { Clock } from '@keelson/sdk';
import type { PodNetwork } from '@keelson/sdk/cni';
import type { ContainerRuntime } from '@keelson/sdk/runtime';
import type { NodeFacts, Pressure } from './node-object.ts';

/** Pressure is told of for so long after it was last seen, so that it does not flap (upstream's rule). */
const pressureHeldMs = 5 * 60_000;

/** What is wrong with one node: its runtime, its network, its machine. */
export class NodeHealth {
  readonly #seen = new Map<Pressure, number>();

  /** `pressures` asks the machine; absent: it has none to tell of. */
  constructor(
    private readonly runtime: ContainerRuntime,
    private readonly network: PodNetwork | undefined,
    private readonly clock: Clock,
    private readonly pressures: (() => Promise<ReadonlySet<Pressure>>) | undefined,
  ) {}

  /** Why pods cannot be joined to the network now, in upstream's words. */
  networkFault(): string | undefined {
    const status = this.network?.status();
    return status === undefined || status.ready ? undefined : `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: ${status.reason}`;
  }

  /** Calls back when runtime or network fail or come back; returns the way to stop. */
  onChange(listener: () => void): () => void {
    const stops = [this.network?.onStatus(listener), this.runtime.onFault?.(listener)];
    return () => {
      for (const stop of stops) stop?.();
    };
  }

  async facts(): Promise<NodeFacts> {
    const now = this.clock.now();
    for (const pressure of (await this.pressures?.()) ?? []) this.#seen.set(pressure, now);
    for (const [pressure, at] of this.#seen) if (now - at > pressureHeldMs) this.#seen.delete(pressure);
    const faults = [this.runtime.fault?.(), this.networkFault()].filter((fault) => fault !== undefined);
    return { fault: faults.length === 0 ? undefined : faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`, pressures: new Set(this.#seen.keys()) };
  }
}
