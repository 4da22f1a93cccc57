import { apiClient } from '@keelson/client';
import { InformerFactory, runController, type RunningController } from '@keelson/reconcile';
import type { ApiTransports, Cancel, Clock, ContributionEntry, Contributions, Logger, Random, Tracer } from '@keelson/sdk';
import type { ControllerDeclaration } from '@keelson/sdk/controller';
import { missingReads, type AskingPlugin } from './may-read.ts';

/** What the runner needs. */
export interface ControllerRunnerOptions {
  readonly controllers: Contributions<ControllerDeclaration>;
  readonly transports: ApiTransports;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly relation: 'parent' | 'link';
  /** Name of the runner's own plugin: the identity that fills the shared caches. */
  readonly plugin: string;
}

interface Slot {
  readonly entry: ContributionEntry<ControllerDeclaration>;
  running: RunningController | undefined;
  retry: Cancel | undefined;
  /** Settles when the controller was started, refused for now, or left meanwhile. */
  begun: Promise<void>;
  gone: boolean;
}

/** A plugin that lacks a permission is asked for again so often, milliseconds: an administrator may grant it. */
const permissionRetry = 30_000;

/** Keeps one running controller per contribution. */
export class ControllerRunner {
  readonly #options: ControllerRunnerOptions;
  readonly #slots = new Map<ControllerDeclaration, Slot>();
  #informers: InformerFactory | undefined;
  #unlisten: () => void = () => undefined;
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(options: ControllerRunnerOptions) {
    this.#options = options;
  }

  /** Controllers that run now. */
  get running(): readonly RunningController[] {
    return [...this.#slots.values()].map(({ running }) => running).filter((running) => running !== undefined);
  }

  start(): void {
    const { transports, clock, random, log, controllers, plugin } = this.#options;
    this.#informers = new InformerFactory({ client: apiClient(transports.forPlugin(plugin)), clock, random: random.fork('informers'), log });
    this.#unlisten = controllers.onChange(() => this.#follow());
    this.#follow();
  }

  /** Resolves when the caches of all controllers are synced; those that lack a permission are not waited for. */
  async ready(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
    await Promise.race([this.#synced(), aborted]);
  }

  /** Resolves when no reconcile is under way; says whose are when the signal aborts before. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#unlisten();
    for (const slot of this.#slots.values()) slot.retry?.cancel();
    signal.addEventListener('abort', () => {
      for (const { entry, running } of this.#slots.values()) {
        if (running === undefined || running.inFlight.length === 0) continue;
        entry.origin.log.warn('reconciles have not ended in the time for it', { controller: running.name, objects: running.inFlight.slice(0, 5) });
      }
    }, { once: true });
    await Promise.all(this.running.map((controller) => controller.drain()));
  }

  async stop(): Promise<void> {
    this.#unlisten();
    await Promise.all([...this.#slots.values()].map((slot) => this.#leave(slot)));
    await this.#leaving;
    this.#informers?.stop();
  }

  async #synced(): Promise<void> {
    await Promise.all([...this.#slots.values()].map(({ begun }) => begun));
    await Promise.all(this.running.map(({ synced }) => synced));
  }

  /** Starts what has come and stops what has gone. */
  #follow(): void {
    const entries = this.#options.controllers.entries;
    const present = new Set(entries.map(({ value }) => value));
    for (const slot of this.#slots.values()) {
      if (!present.has(slot.entry.value)) this.#leaving = Promise.all([this.#leaving, this.#leave(slot)]);
    }
    for (const entry of entries) {
      if (this.#slots.has(entry.value)) continue;
      const slot: Slot = { entry, running: undefined, retry: undefined, begun: Promise.resolve(), gone: false };
      this.#slots.set(entry.value, slot);
      slot.begun = this.#begin(slot);
    }
  }

  /** Never rejects: what keeps one controller from starting must not keep the others. */
  async #begin(slot: Slot): Promise<void> {
    const { value: declaration, origin } = slot.entry;
    const { clock, random, tracer, relation, transports } = this.#options;
    const api = origin.api ?? apiClient(transports.forPlugin(origin.plugin));
    const refused = await this.#refusal(declaration, { name: origin.plugin, api, transports: this.#options.transports });
    if (slot.gone || this.#informers === undefined) return;
    if (refused !== undefined) {
      origin.log.error('controller cannot start, its plugin may not read what it declares', { controller: declaration.name, ...refused });
      slot.retry = clock.after(permissionRetry, () => {
        slot.begun = this.#begin(slot);
      });
      return;
    }
    try {
      slot.running = runController(declaration, {
        api, informers: this.#informers, clock, tracer, relation,
        random: random.fork(`controller ${origin.plugin} ${declaration.name}`),
        log: origin.log,
      });
    } catch (error) {
      origin.log.error('controller cannot start, its declaration is wrong', { controller: declaration.name, error: (error as Error).message });
    }
  }

  async #refusal(declaration: ControllerDeclaration, plugin: AskingPlugin): Promise<{ readonly missing?: readonly string[]; readonly error?: string } | undefined> {
    try {
      const missing = await missingReads(declaration, plugin);
      return missing.length === 0 ? undefined : { missing };
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  async #leave(slot: Slot): Promise<void> {
    slot.gone = true;
    slot.retry?.cancel();
    this.#slots.delete(slot.entry.value);
    await slot.begun;
    await slot.running?.stop();
  }
}
