import type { ContainerSlot } from '../pod/container-slot.ts';
import type { NodeTools } from '../pod/node-tools.ts';
import type { PodState } from '../pod/pod-state.ts';
import { ProbeWorker } from './probe-worker.ts';
import { runProbe, type ProbeType } from './run-probe.ts';

const words: Readonly<Record<ProbeType, string>> = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' };

/** What a probe can decide. */
export interface ProbeDecisions {
  /** Readiness or startup changed: the status did. */
  changed(): void;
  /** Startup or liveness gave the container up. */
  unhealthy(slot: ContainerSlot, type: 'startup' | 'liveness', graceSeconds: number | undefined): void;
}

/** The probes of one pod; containers without probes cost nothing. */
export class PodProbes {
  readonly #workers = new Map<ContainerSlot, Map<ProbeType, ProbeWorker>>();

  constructor(
    private readonly state: PodState,
    private readonly tools: NodeTools,
    private readonly decisions: ProbeDecisions,
  ) {}

  start(slot: ContainerSlot): void {
    const { startupProbe, livenessProbe, readinessProbe } = slot.spec;
    if (startupProbe === undefined && livenessProbe === undefined && readinessProbe === undefined) return;
    this.stop(slot);
    const workers = new Map<ProbeType, ProbeWorker>();
    this.#workers.set(slot, workers);
    if (startupProbe !== undefined && !slot.started) workers.set('startup', this.#worker(slot, 'startup'));
    if (livenessProbe !== undefined) workers.set('liveness', this.#worker(slot, 'liveness'));
    if (readinessProbe !== undefined) workers.set('readiness', this.#worker(slot, 'readiness'));
  }

  stop(slot: ContainerSlot): void {
    for (const worker of this.#workers.get(slot)?.values() ?? []) worker.stop();
    this.#workers.delete(slot);
  }

  stopAll(): void {
    for (const slot of [...this.#workers.keys()]) this.stop(slot);
  }

  #worker(slot: ContainerSlot, type: ProbeType): ProbeWorker {
    const { state, tools } = this;
    const probe = slot.spec[`${type}Probe`]!;
    const target = { container: slot.spec, containerId: slot.id!, podIp: state.sandbox?.ips[0] ?? tools.hostIp };
    return new ProbeWorker({
      type, probe,
      clock: tools.clock,
      startedAt: slot.startedAt,
      enabled: () => type === 'startup' || slot.started,
      run: () => runProbe(type, probe, target, tools),
      onFailure: (message) => tools.events.record(state.pod, 'Warning', 'Unhealthy', `${words[type]} probe failed: ${message}`),
      onResult: (ok) => this.#result(slot, type, ok),
    });
  }

  #result(slot: ContainerSlot, type: ProbeType, ok: boolean): void {
    if (type === 'readiness') {
      if (slot.ready === ok) return;
      slot.ready = ok;
      return this.decisions.changed();
    }
    if (!ok) return this.decisions.unhealthy(slot, type, slot.spec[`${type}Probe`]?.terminationGracePeriodSeconds);
    if (type === 'liveness' || slot.started) return;
    slot.started = true;
    const workers = this.#workers.get(slot);
    workers?.get('startup')?.stop();
    for (const worker of workers?.values() ?? []) worker.hurry();
    this.decisions.changed();
  }
}
