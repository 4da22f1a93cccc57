import { KeelsonError } from '@keelson/sdk';
import type { Conditions } from './conditions.ts';
import { FaultWindow, backoff, policyOf } from './failure-policy.ts';
import { asError } from './guard.ts';
import { callHook, type HookCall } from './hook.ts';
import type { Establish, HostLimits, HostOptions } from './options.ts';
import type { Points } from './points.ts';
import { openScope, setUp } from './set-up.ts';
import { isTight, type Down, type PluginState, type Unit } from './unit.ts';
import type { KernelContainer } from './wiring/kernel-container.ts';

/** What the supervisor works with. */
export interface SupervisorParts {
  readonly units: readonly Unit[];
  readonly points: Points;
  readonly container: KernelContainer;
  readonly conditions: Conditions;
  readonly options: HostOptions;
  readonly limits: HostLimits;
  /** A plugin's state changed. */
  changed(): void;
}

type Phase = 'idle' | 'running' | 'draining' | 'stopping';

/**
 * Runs each plugin as one small loop: wait for what it needs, start, be ready, go down, perhaps try again. The loops
 * meet only in conditions over the units' state, so start order, reverse order on the way down and restarts of
 * dependents all follow from the edges.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #windows = new Map<Unit, FaultWindow>();
  #phase: Phase = 'idle';
  #loops: Promise<void>[] = [];
  #aborted: { readonly plugin: string; readonly error: Error } | undefined;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when every plugin is ready or has been given up or put off by its failure policy.
   * @throws KEEL_START_FAILED when a plugin with the policy `abort` did not start
   */
  async start(): Promise<void> {
    if (this.#phase !== 'idle') throw new KeelsonError('KEEL_HOST_STATE', 'the host was started before: create a new one');
    const { units, conditions } = this.#parts;
    this.#phase = 'running';
    this.#loops = units.map((unit) => this.#live(unit));
    await conditions.until(() => this.#aborted !== undefined || this.#phase !== 'running' || units.every((unit) => settled(unit)));
    if (this.#aborted === undefined) return;
    const { plugin, error } = this.#aborted;
    throw new KeelsonError('KEEL_START_FAILED', `${plugin} did not start: ${error.message}`, { cause: error });
  }

  /** Takes contributions out and drains, consumers before contributors. */
  async drain(): Promise<void> {
    if (this.#phase === 'running') {
      this.#phase = 'draining';
      for (const unit of this.#parts.units) unit.takeDown?.({ why: 'shutdown' });
      this.#parts.conditions.changed();
    }
    await this.#parts.conditions.until(() => this.#parts.units.every((unit) => !unit.active || unit.drained));
  }

  /** Drains if that has not happened, then stops everything, consumers before providers. */
  async stop(): Promise<void> {
    await this.drain();
    this.#phase = 'stopping';
    this.#parts.conditions.changed();
    await Promise.all(this.#loops);
    for (const unit of this.#parts.units) if (unit.state !== 'stopped' && unit.state !== 'disabled') this.#become(unit, 'stopped');
  }

  /** Counts a fault that a guard caught; too many within the window take the plugin down. */
  fault(unit: Unit, error: Error): void {
    const { clock } = this.#parts.options;
    unit.faults += 1;
    unit.lastError = error;
    unit.log.warn('plugin fault', { error: error.message, faults: unit.faults });
    let window = this.#windows.get(unit);
    if (window === undefined) this.#windows.set(unit, (window = new FaultWindow(this.#parts.limits)));
    if (!window.add(clock.monotonic())) return;
    const { faults, faultWindowMs } = this.#parts.limits;
    unit.takeDown?.({ why: 'fault', error: new KeelsonError('KEEL_FAULTS', `${faults} faults within ${faultWindowMs / 1000} s, the last one: ${error.message}`, { cause: error }) });
  }

  async #live(unit: Unit): Promise<void> {
    const { conditions } = this.#parts;
    for (;;) {
      await conditions.until(() => this.#phase !== 'running' || unit.edges.every((edge) => (isTight(edge.kind) ? usable(edge.to, edge.kind) : settled(edge.to))));
      if (this.#phase !== 'running') return;
      const gone = unit.edges.find((edge) => edge.kind === 'token' && edge.to.state === 'disabled');
      if (gone !== undefined) return this.#disable(unit, new KeelsonError('KEEL_DEPENDENCY_DISABLED', `${unit.name} requires ${gone.via} of ${gone.to.name}, which is disabled`));
      const down = await this.#runOnce(unit);
      if (down.why === 'shutdown') return;
      if (down.why === 'dependency') this.#become(unit, 'degraded', new KeelsonError('KEEL_DEPENDENCY_DOWN', `${unit.name} waits for ${down.plugin}`));
      else if (!(await this.#afterFault(unit, down.error))) return;
    }
  }

  /** One life: from set-up to the end of `stop`. */
  async #runOnce(unit: Unit): Promise<Down> {
    const { points, conditions, options } = this.#parts;
    const interrupt = new AbortController();
    let down: Down | undefined;
    unit.takeDown = (reason) => {
      if (down !== undefined) return;
      down = reason;
      if (reason.why === 'fault') this.#degrade(unit, reason.error);
      interrupt.abort(reason.why === 'fault' ? reason.error : new KeelsonError('KEEL_INTERRUPTED', `${unit.name} was interrupted: ${reason.why}`));
      conditions.changed();
    };
    unit.active = true;
    // Until it is ready there is nothing to drain.
    unit.drained = true;
    this.#become(unit, 'starting');
    try {
      await this.#bringUp(unit, interrupt.signal);
      if (down === undefined) {
        unit.drained = false;
        const since = options.clock.monotonic();
        points.enter(unit, unit.contributions);
        this.#become(unit, 'ready');
        await conditions.until(() => down !== undefined);
        if (options.clock.monotonic() - since >= this.#parts.limits.backoffResetMs) unit.attempt = 0;
      }
    } catch (error) {
      unit.takeDown({ why: 'fault', error: asError(error) });
    }
    const reason = down as unknown as Down;
    await this.#bringDown(unit, reason);
    return this.#phase === 'running' ? reason : { why: 'shutdown' };
  }

  async #bringUp(unit: Unit, interrupt: AbortSignal): Promise<void> {
    const { options, limits } = this.#parts;
    if (unit.instance === undefined || unit.used || stale(unit)) this.#rebuild(unit);
    const instance = unit.instance!;
    instance.failed?.then(undefined, (error: unknown) => {
      if (unit.instance === instance) unit.takeDown?.({ why: 'fault', error: asError(error) });
    });
    unit.used = true;
    const establish = (unit.plugin.crds ?? []).length > 0 ? options.establish : undefined;
    if (instance.start !== undefined || establish !== undefined) {
      await this.#hook(unit, 'start', limits.startMs, interrupt, async (context) => {
        if (establish !== undefined) await this.#establish(unit, establish, context.signal);
        await instance.start?.(context);
      });
    }
    if (instance.ready !== undefined) await this.#hook(unit, 'ready', limits.readyMs, interrupt, (context) => instance.ready!(context));
  }

  #establish(unit: Unit, establish: Establish, signal: AbortSignal): Promise<void> {
    return establish.run(unit.plugin, establish.from.map((token) => this.#parts.container.valueOf(token.key)), signal);
  }

  /** A restart never reuses objects: fresh container, fresh set-up, and what it provides is replaced. */
  #rebuild(unit: Unit): void {
    const { container, options } = this.#parts;
    unit.instance = undefined;
    unit.used = false;
    openScope(unit, container);
    setUp(unit, container, options.scoped ?? []);
  }

  async #bringDown(unit: Unit, down: Down): Promise<void> {
    const { conditions, points, limits } = this.#parts;
    const tight = unit.dependents.filter((dependent) => isTight(dependent.kind)).map((dependent) => dependent.unit);
    const all = unit.dependents.map((dependent) => dependent.unit);
    const shutdown = (): boolean => this.#phase !== 'running';
    if (!shutdown()) {
      points.leave(unit);
      if (unit.state !== 'degraded') this.#become(unit, 'degraded');
      for (const dependent of tight) dependent.takeDown?.({ why: 'dependency', plugin: unit.name });
      await conditions.until(() => shutdown() || tight.every((dependent) => !dependent.active));
    }
    if (shutdown()) {
      await conditions.until(() => all.every((dependent) => !dependent.active || dependent.drained));
      points.leave(unit);
      this.#become(unit, 'draining');
    }
    const drain = unit.instance?.drain;
    if (!unit.drained && down.why !== 'fault' && drain !== undefined) await this.#tolerant(unit, 'drain', limits.drainMs, (context) => drain.call(unit.instance, context));
    unit.drained = true;
    conditions.changed();
    if (shutdown()) await conditions.until(() => this.#phase === 'stopping' && all.every((dependent) => !dependent.active));
    const stop = unit.instance?.stop;
    if (unit.used && stop !== undefined) await this.#tolerant(unit, 'stop', limits.stopMs, (context) => stop.call(unit.instance, context));
    unit.active = false;
    unit.takeDown = undefined;
    if (shutdown()) this.#become(unit, 'stopped');
    else conditions.changed();
  }

  /** Applies the failure policy; false: the plugin's loop is over. */
  async #afterFault(unit: Unit, error: Error): Promise<boolean> {
    const { options, limits, conditions } = this.#parts;
    const policy = policyOf(unit);
    unit.log.error('plugin failed', { error: error.message, policy });
    if (policy === 'disable') {
      this.#disable(unit, error);
      return false;
    }
    if (policy === 'abort') return false;
    unit.attempt += 1;
    this.#windows.get(unit)?.clear();
    let due = false;
    const timer = options.clock.after(backoff(unit.attempt, limits), () => {
      due = true;
      conditions.changed();
    });
    await conditions.until(() => due || this.#phase !== 'running');
    timer.cancel();
    return this.#phase === 'running';
  }

  /** At once, before anything is taken down: consumers must not get one more call through, nor the cluster one more write. */
  #degrade(unit: Unit, error: Error): void {
    this.#parts.points.leave(unit);
    const aborts = this.#phase === 'running' && this.#aborted === undefined && policyOf(unit) === 'abort';
    if (aborts) this.#aborted = { plugin: unit.name, error };
    this.#become(unit, 'degraded', error);
    if (aborts) this.#parts.options.onAbort?.(unit.name, error);
  }

  #disable(unit: Unit, error: Error): void {
    for (const { provisionOf } of unit.provisions) this.#parts.container.withdraw(provisionOf);
    unit.provisions = [];
    unit.generation += 1;
    this.#become(unit, 'disabled', error);
  }

  #hook(unit: Unit, hook: HookCall['hook'], limitMs: number, interrupt: AbortSignal | undefined, run: HookCall['run']): Promise<void> {
    return callHook({ plugin: unit.name, hook, limitMs, clock: this.#parts.options.clock, interrupt, run });
  }

  /** On the way down an error is worth a log line, and the way goes on. */
  async #tolerant(unit: Unit, hook: 'drain' | 'stop', limitMs: number, run: HookCall['run']): Promise<void> {
    try {
      await this.#hook(unit, hook, limitMs, undefined, run);
    } catch (error) {
      unit.lastError = asError(error);
      unit.log.error(`${hook} failed`, { error: unit.lastError.message });
    }
  }

  #become(unit: Unit, state: PluginState, error?: Error): void {
    unit.state = state;
    unit.since = this.#parts.options.clock.now();
    if (error !== undefined) unit.lastError = error;
    this.#parts.changed();
    this.#parts.conditions.changed();
  }
}

/** Set up with something that has been replaced or taken away since. */
function stale(unit: Unit): boolean {
  return unit.edges.some(({ to, kind }) => isTight(kind) && unit.builtWith.get(to) !== to.generation);
}

/** Can be relied on now; an optional dependency also when it never will be. */
function usable(unit: Unit, kind: 'token' | 'optional' | 'point'): boolean {
  return unit.state === 'ready' || unit.state === 'disabled' || (kind === 'optional' && blocked(unit));
}

/** Nothing more comes from it for now: consumers of its points need not wait. */
function settled(unit: Unit): boolean {
  return unit.state === 'ready' || unit.state === 'degraded' || unit.state === 'disabled' || unit.state === 'stopped' || blocked(unit);
}

/** Cannot start because something that it requires is down. */
function blocked(unit: Unit): boolean {
  if (unit.state !== 'configured') return false;
  return unit.edges.some(({ to, kind }) => kind === 'token' && (to.state === 'degraded' || blocked(to)));
}
