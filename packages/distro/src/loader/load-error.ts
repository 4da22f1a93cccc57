import { KeelsonError } from '@keelson/sdk';

/** Why a file could not be loaded. */
export type LoadCode = 'KEEL_LOAD_MISSING' | 'KEEL_LOAD_TOOL' | 'KEEL_LOAD_SYNTAX' | 'KEEL_LOAD_IMPORT' | 'KEEL_LOAD_FAILED' | 'KEEL_LOAD_NO_DEFAULT' | 'KEEL_LOAD_WRONG_TYPE' | 'KEEL_LOAD_SDK_RANGE' | 'KEEL_LOAD_NAME';

/** A distribution or plugin file that cannot be used; the message names file, cause and way out. */
export class LoadError extends KeelsonError {
  constructor(
    code: LoadCode,
    readonly file: string,
    cause: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(code, `${file}: ${cause}\n    ${remedy}`, options);
  }
}
