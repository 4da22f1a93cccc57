/** A fault with a stable code (`KEEL_…`); recognised by `isKeelsonError`, not by `instanceof` across copies. */
export class KeelsonError extends Error {
  readonly keelson = true;
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** True for a `KeelsonError` of any copy of this package. */
export function isKeelsonError(error: unknown): error is KeelsonError {
  return typeof error === 'object' && error !== null && (error as { keelson?: unknown }).keelson === true;
}

/** Thrown by a reconcile: do not retry until the object changes. */
export class Terminal extends KeelsonError {
  readonly terminal = true;
  constructor(message: string, options?: ErrorOptions) {
    super('KEEL_TERMINAL', message, options);
  }
}

/** True for a `Terminal` of any copy of this package. */
export function isTerminal(error: unknown): boolean {
  return isKeelsonError(error) && (error as { terminal?: unknown }).terminal === true;
}
