import { SpanStatusCode, trace } from '@opentelemetry/api';
import { KeelsonError, isTerminal } from '@keelson/sdk';
import type { Clock } from '@keelson/sdk';
import { Attr } from '@keelson/telemetry';

/** What a guarded contribution reports to. */
export interface GuardOptions {
  readonly plugin: string;
  /** For messages: `keelson.dns.handlers "hosts"`. */
  readonly label: string;
  readonly clock: Clock;
  /** Infinity: no deadline. */
  readonly deadlineMs: number;
  fault(error: Error): void;
}

type Method = (...args: readonly unknown[]) => unknown;

/**
 * A stand-in for a contribution whose methods are called through a guard. Errors reach the caller unchanged; a promise
 * that is late is replaced by a KEEL_DEADLINE rejection. Plain data is read once, here: what changes has to be a getter.
 */
export function guardContribution(value: unknown, options: GuardOptions): unknown {
  if (typeof value === 'function') return guardMethod(value as Method, undefined, '', options);
  if (typeof value !== 'object' || value === null) return value;
  const guarded = Object.create(Object.getPrototypeOf(value) as object | null) as object;
  for (const [key, descriptor] of membersOf(value)) {
    Object.defineProperty(guarded, key, { ...forward(value, key, descriptor, options), enumerable: descriptor.enumerable ?? false, configurable: false });
  }
  return Object.freeze(guarded);
}

/** Own members and those of the prototypes, nearest first, without those of the root (`Object.prototype` of whatever realm). */
function membersOf(value: object): Map<PropertyKey, PropertyDescriptor> {
  const members = new Map<PropertyKey, PropertyDescriptor>();
  for (let at = value; at === value || Object.getPrototypeOf(at) !== null; at = Object.getPrototypeOf(at) as object) {
    for (const key of Reflect.ownKeys(at)) {
      if (key === 'constructor' || members.has(key)) continue;
      members.set(key, Object.getOwnPropertyDescriptor(at, key)!);
    }
    if (Object.getPrototypeOf(at) === null) break;
  }
  return members;
}

function forward(target: object, key: PropertyKey, descriptor: PropertyDescriptor, options: GuardOptions): PropertyDescriptor {
  if (descriptor.get !== undefined || descriptor.set !== undefined) return { get: () => Reflect.get(target, key, target) as unknown };
  const member: unknown = descriptor.value;
  return { value: typeof member === 'function' ? guardMethod(member as Method, target, String(key), options) : member, writable: false };
}

/**
 * The wrapper spells out small argument counts: rest parameters would allocate an array per call, which is more than a
 * scheduler score itself costs.
 */
function guardMethod(method: Method, self: object | undefined, name: string, options: GuardOptions): Method {
  return function guarded(a?: unknown, b?: unknown, c?: unknown, d?: unknown): unknown {
    let result: unknown;
    try {
      switch (arguments.length) {
        case 0: result = method.call(self); break;
        case 1: result = method.call(self, a); break;
        case 2: result = method.call(self, a, b); break;
        case 3: result = method.call(self, a, b, c); break;
        case 4: result = method.call(self, a, b, c, d); break;
         
        default: result = method.apply(self, arguments as unknown as unknown[]);
      }
    } catch (error) {
      throw report(error, options);
    }
    return isThenable(result) ? settle(result, name, options) : result;
  };
}

function settle(promise: PromiseLike<unknown>, name: string, options: GuardOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = Number.isFinite(options.deadlineMs)
      ? options.clock.after(options.deadlineMs, () => {
          late = true;
          reject(report(deadlineError(name, options), options));
        })
      : undefined;
    promise.then(
      (value) => {
        timer?.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer?.cancel();
        if (!late) reject(report(error, options));
      },
    );
  });
}

function deadlineError(name: string, { label, plugin, deadlineMs }: GuardOptions): KeelsonError {
  return new KeelsonError('KEEL_DEADLINE', `${label}${name === '' ? '' : `.${name}`} of ${plugin} did not answer within ${deadlineMs / 1000} s`);
}

/** Counts a fault and marks the active span; what a contract lets a contribution throw is neither. */
function report(error: unknown, options: GuardOptions): unknown {
  if (isExpected(error)) return error;
  const fault = asError(error);
  // The exception itself is recorded by whoever made the span and sees the error pass.
  const span = trace.getActiveSpan();
  span?.setAttribute(Attr.plugin, options.plugin);
  span?.setStatus({ code: SpanStatusCode.ERROR, message: `${options.plugin}: ${fault.message}` });
  options.fault(fault);
  return error;
}

/** Refusals of the API, an order not to retry, and the caller's own cancellation are answers, not faults. */
export function isExpected(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (typeof (error as { toStatus?: unknown }).toStatus === 'function' || isTerminal(error)) return true;
  return (error as { name?: unknown }).name === 'AbortError';
}

/** Whatever was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error || (typeof thrown === 'object' && thrown !== null && 'message' in thrown) ? (thrown as Error) : new Error(String(thrown));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
