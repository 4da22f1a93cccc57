import type { Contributions, ExtensionPoint, Token } from '@keelson/sdk';
import { assemble } from './assemble.ts';
import { Conditions } from './conditions.ts';
import { culprit } from './culprit.ts';
import { asError, guardContribution } from './guard.ts';
import { defaultLimits, type HostLimits, type HostOptions, type OrderRule } from './options.ts';
import { Points } from './points.ts';
import { ConfigurationError } from './problem.ts';
import { pluginStatus, type PluginStatus } from './status.ts';
import { Supervisor } from './supervisor.ts';
import type { Unit } from './unit.ts';
import { KernelContainer } from './wiring/kernel-container.ts';

/** Wires a distribution's plugins and runs them. */
export interface Host {
  /**
   * Parses configurations, builds the graph, calls every `setup`. Starts nothing.
   * @throws ConfigurationError with all problems at once
   */
  configure(): void;
  /**
   * Starts all plugins by the graph; resolves when each is ready, or put off or given up by its failure policy.
   * @throws KEEL_START_FAILED when a plugin with policy `abort` fails; `stop` is still due then
   */
  start(): Promise<void>;
  /** Contributions leave, plugins finish what is in flight; reverse order. */
  drain(): Promise<void>;
  /** Releases everything, draining first where that has not happened. Never rejects. */
  stop(): Promise<void>;
  /** All plugins in start order. */
  status(): readonly PluginStatus[];
  /** The live contributions of a point, for the composition root. */
  contributions<T>(point: ExtensionPoint<T>): Contributions<T>;
  /** What a plugin provides for a token at present, for the composition root. */
  provided<T>(token: Token<T>): T | undefined;
  /**
   * Takes a running plugin down as if it had failed of itself, at once and without draining; its failure policy says
   * what follows. True if it was running. For fault injection.
   */
  fail(plugin: string, error: Error): boolean;
  /**
   * Counts an error that nobody caught as a fault of the plugin that it came from, as if a guard had caught it. Its name;
   * undefined where that cannot be told. Call it from where the error arrived: the async context tells.
   */
  stray(error: Error): string | undefined;
  /** Calls back after each change of a state or of a point; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/** Makes a host; nothing happens before `configure`. */
export function createHost(options: HostOptions): Host {
  return new PluginHost(options);
}

class PluginHost implements Host {
  readonly #options: HostOptions;
  readonly #limits: HostLimits;
  readonly #order: ReadonlyMap<string, OrderRule>;
  readonly #conditions = new Conditions();
  readonly #container = new KernelContainer();
  readonly #points: Points;
  readonly #listeners = new Set<() => void>();
  #units: readonly Unit[] = [];
  #supervisor: Supervisor | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#order = new Map(Object.entries(options.order ?? {}).map(([key, rule]) => [key, Array.isArray(rule) ? { names: rule as readonly string[] } : (rule as OrderRule)]));
    this.#points = new Points(this.#order, (unit, key, name, value) => this.#guard(unit, key, name, value), () => this.#changed(), (listener) => this.#call(listener));
  }

  configure(): void {
    const { units, problems } = assemble({ options: this.#options, order: this.#order, points: this.#points, container: this.#container });
    if (problems.length > 0) throw new ConfigurationError(this.#options.title ?? 'host', problems);
    this.#units = units;
    this.#supervisor = new Supervisor({
      units,
      points: this.#points,
      container: this.#container,
      conditions: this.#conditions,
      options: this.#options,
      limits: this.#limits,
      changed: () => this.#changed(),
    });
  }

  async start(): Promise<void> {
    if (this.#supervisor === undefined) this.configure();
    await this.#supervisor!.start();
  }

  async drain(): Promise<void> {
    await this.#supervisor?.drain();
  }

  async stop(): Promise<void> {
    await this.#supervisor?.stop();
  }

  status(): readonly PluginStatus[] {
    return this.#units.map((unit) => pluginStatus(unit));
  }

  contributions<T>(point: ExtensionPoint<T>): Contributions<T> {
    this.#points.define(point);
    return this.#points.contributions(point.key) as Contributions<T>;
  }

  provided<T>(token: Token<T>): T | undefined {
    return this.#container.valueOf(token.key) as T | undefined;
  }

  fail(plugin: string, error: Error): boolean {
    const unit = this.#units.find(({ name }) => name === plugin);
    if (unit?.takeDown === undefined) return false;
    unit.takeDown({ why: 'fault', error });
    return true;
  }

  stray(error: Error): string | undefined {
    const unit = culprit(error, this.#units);
    if (unit !== undefined) this.#supervisor?.fault(unit, error);
    return unit?.name;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #guard(unit: Unit, key: string, name: string, value: unknown): unknown {
    const point = this.#points.definition(key);
    if (point?.guarded === false) return value;
    return guardContribution(value, {
      plugin: unit.name,
      label: `${key} "${name}"`,
      clock: this.#options.clock,
      deadlineMs: point?.deadlineMs ?? this.#limits.callMs,
      fault: (error) => this.#supervisor?.fault(unit, error),
    });
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) this.#call(listener);
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#options.log.error('listener failed', { error: asError(error).message });
    }
  }
}
