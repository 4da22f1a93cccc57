import { KeelsonError } from '@keelson/sdk';
import { RuntimeFault, type RuntimeFaultKind } from '@keelson/sdk/runtime';

/** gRPC status codes that decide something here. */
export const RpcCode = Object.freeze({ cancelled: 1, unknown: 2, deadlineExceeded: 4, notFound: 5, alreadyExists: 6, unimplemented: 12, unavailable: 14 });

const codeNames = [
  'OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists', 'PermissionDenied', 'ResourceExhausted',
  'FailedPrecondition', 'Aborted', 'OutOfRange', 'Unimplemented', 'Internal', 'Unavailable', 'DataLoss', 'Unauthenticated',
];

/** A call that containerd answered with an error; `details` is its own message. */
export class RpcError extends KeelsonError {
  constructor(
    readonly method: string,
    readonly rpcCode: number,
    readonly details: string,
  ) {
    // The words that users of other nodes see in events, and search for.
    super('KEEL_CRI_CALL', `rpc error: code = ${codeNames[rpcCode] ?? String(rpcCode)} desc = ${details}`);
  }
}

/** True when containerd does not know what was named. */
export function isNotFound(error: unknown): boolean {
  return error instanceof RpcError && error.rpcCode === RpcCode.notFound;
}

/** True when containerd does not offer the method. */
export function isUnimplemented(error: unknown): boolean {
  return error instanceof RpcError && error.rpcCode === RpcCode.unimplemented;
}

/** True when nobody answers at the socket, or the one who did is gone. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof RpcError && (error.rpcCode === RpcCode.unavailable || error.rpcCode === RpcCode.cancelled || isStarting(error));
}

/** True while containerd listens already and has not found its pods yet; nothing was done. */
export function isStarting(error: unknown): boolean {
  return error instanceof RpcError && error.details === 'server is not initialized yet';
}

/**
 * True when the process between containerd and the container was gone in the middle of the call, as after the kernel has
 * killed it for memory: containerd takes note of the end in a moment, and answers the next call by it.
 */
export function isShimGone(error: unknown): boolean {
  return error instanceof RpcError && error.rpcCode === RpcCode.unknown && /ttrpc: (?:closed|server closed|client shutting down)/.test(error.details);
}

/** The sandbox or container that holds a name which was asked for. */
export function holderOfName(error: unknown): string | undefined {
  return error instanceof RpcError ? /is reserved for "([0-9a-f]+)"/.exec(error.details)?.[1] : undefined;
}

/**
 * The fault that the agent words. Upstream shows the whole gRPC error for sandboxes and pulls, and its message alone
 * for containers.
 */
export function faultOf(kind: RuntimeFaultKind, error: unknown): RuntimeFault {
  if (error instanceof RuntimeFault) return error;
  const whole = kind === 'sandbox' || kind === 'pull';
  const message = error instanceof RpcError && !whole ? error.details : error instanceof Error ? error.message : String(error);
  return new RuntimeFault(kind, message, { cause: error });
}
