import { StoreUnavailableError } from '../contract.ts';
import type { Change, CommitLog, EnginePort, Waiter } from '../engine/commit-log.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChange } from './change-codec.ts';
import { recordHeaderSize } from './frame.ts';
import type { SegmentLog } from './segment-log.ts';

/** Changes that go to disk as one record. */
interface Group {
  readonly record: ByteWriter;
  changes: Change[];
  waiters: Waiter[];
}

/** More bytes than this waiting for the disk are refused rather than buffered. */
const maxWaitingBytes = 64 << 20;

/**
 * Durability by group commit: while one record is on its way to the disk, the changes that arrive are collected, and
 * go together as the next. A change is acknowledged and published after its record is on stable storage.
 */
export class GroupCommitLog implements CommitLog {
  #open: Group = newGroup();
  #spare: Group = newGroup();
  #flying: Group | undefined;
  #scheduled = false;
  #failure: unknown;
  #idle: (() => void)[] = [];

  /** `committed` is called with the size of each durable record. */
  constructor(
    private readonly port: EnginePort,
    private readonly log: SegmentLog,
    private readonly folder: string,
    private readonly committed: (bytes: number) => void,
  ) {}

  admit(): void {
    if (this.#open.record.length > maxWaitingBytes) {
      throw new StoreUnavailableError(`more than ${maxWaitingBytes >> 20} MiB wait for the disk of ${this.folder}; try again when writes have been answered`);
    }
  }

  append(change: Change, waiter: Waiter): void {
    const group = this.#open;
    encodeChange(group.record, change);
    group.changes.push(change);
    group.waiters.push(waiter);
    this.#schedule();
  }

  barrier(waiter: Waiter): void {
    if (this.#open.changes.length > 0) this.#open.waiters.push(waiter);
    else if (this.#flying !== undefined) this.#flying.waiters.push(waiter);
    else waiter.done();
  }

  async health(): Promise<void> {
    // Whoever is told to wait for health may not write, so the question has to find out by itself: an empty record.
    if (this.#failure !== undefined && this.#flying === undefined) await this.#flush();
    if (this.#failure !== undefined) throw this.#unavailable(this.#failure);
  }

  async close(): Promise<void> {
    while (this.#flying !== undefined || this.#scheduled) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled || this.#flying !== undefined) return;
    this.#scheduled = true;
    // Not at once: everybody whom the last group woke shall get into this one.
    setImmediate(() => {
      this.#scheduled = false;
      // A health check may have sent a record off meanwhile; its end schedules again.
      if (this.#flying !== undefined) return;
      if (this.#open.changes.length > 0) void this.#flush();
      else this.#wakeIdle();
    });
  }

  async #flush(): Promise<void> {
    const group = this.#open;
    this.#open = this.#spare;
    this.#flying = group;
    const state = this.port.freeze();
    let bytes = 0;
    try {
      bytes = await this.log.append(group.record);
    } catch (error) {
      this.#flying = undefined;
      this.#spare = group;
      this.#fail(error, group);
      this.#wakeIdle();
      return;
    }
    this.#failure = undefined;
    const { changes, waiters } = group;
    this.#flying = undefined;
    clear(group);
    this.#spare = group;
    this.port.publish(changes, state);
    for (const waiter of waiters) waiter.done();
    this.committed(bytes);
    if (this.#open.changes.length > 0) this.#schedule();
    else this.#wakeIdle();
  }

  /** Nothing that is not durable survives: the state goes back, everybody who waits is told. */
  #fail(error: unknown, group?: Group): void {
    this.#failure = error;
    const waiting = group === undefined ? this.#open.waiters : [...group.waiters, ...this.#open.waiters];
    if (group !== undefined) clear(group);
    clear(this.#open);
    this.port.rollback();
    const unavailable = this.#unavailable(error);
    for (const waiter of waiting) waiter.failed(unavailable);
  }

  #unavailable(cause: unknown): StoreUnavailableError {
    if (cause instanceof StoreUnavailableError) return cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const hint = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full; free space, writes then succeed again' : 'reads still work, writes are tried again';
    return new StoreUnavailableError(`cannot write to data directory ${this.folder}: ${message}; ${hint}`, { cause });
  }

  #wakeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const wake of idle) wake();
  }
}

function newGroup(): Group {
  const group = { record: new ByteWriter(), changes: [], waiters: [] };
  group.record.zeros(recordHeaderSize);
  return group;
}

function clear(group: Group): void {
  group.record.reset();
  group.record.zeros(recordHeaderSize);
  group.changes = [];
  group.waiters = [];
}
