import { KeelsonError } from '../errors.ts';

/** Where a runtime failed; decides how the agent words the container's waiting reason. */
export type RuntimeFaultKind =
  /** The image is not to be had: `ErrImagePull`, then `ImagePullBackOff`. */
  | 'pull'
  /** The container's settings cannot work here: `CreateContainerConfigError`. */
  | 'config'
  /** `CreateContainerError`. */
  | 'create'
  /** `RunContainerError`. */
  | 'start'
  /** The sandbox could not be made: event `FailedCreatePodSandBox`, tried again with back-off. */
  | 'sandbox';

/** A runtime operation that failed; the message is shown to users in status and events. */
export class RuntimeFault extends KeelsonError {
  constructor(
    readonly kind: RuntimeFaultKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`KEEL_RUNTIME_${kind.toUpperCase()}`, message, options);
  }
}

/** The kind of a `RuntimeFault` of any copy of this package; undefined for other errors. */
export function runtimeFaultKind(error: unknown): RuntimeFaultKind | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && error.code.startsWith('KEEL_RUNTIME_') ? (error as unknown as RuntimeFault).kind : undefined;
}
