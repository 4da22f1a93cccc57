import { isKeelsonError, KeelsonError } from '@keelson/sdk';

/** Exit codes by class of reason; docs/guides/command-line.md lists them for users. */
export const ExitCode = Object.freeze({
  ok: 0,
  unexpected: 1,
  usage: 2,
  configuration: 3,
  environment: 4,
  cluster: 5,
  timeout: 6,
  api: 7,
  forced: 130,
});

/** A fault of a command, with its stable reason. */
export class CliError extends KeelsonError {}

/** First match wins; a code of another package counts by its prefix. */
const classes: readonly (readonly [pattern: RegExp, code: number])[] = [
  [/^KEEL_USAGE/, ExitCode.usage],
  [/^KEEL_(CONFIGURATION|BAD_|CARDINALITY|CYCLE|DUPLICATE_|MISSING_|ORDER_|REPLACE_|SETUP_|UNKNOWN_|DISTRIBUTION|LOAD_|OPERATOR_POINT|KIND_|BUILD_)/, ExitCode.configuration],
  [/^KEEL_(STORE|PORT|ENVIRONMENT|HOSTS|NODE|DATA_DIR|DISK|PROGRAM|KUBECONFIG|SERVER|LISTEN|ADDRESS|OPERATOR_CLUSTER|IN_CLUSTER|EXEC_CREDENTIAL)/, ExitCode.environment],
  [/^KEEL_CLUSTER/, ExitCode.cluster],
  [/^KEEL_(TIMEOUT|START_TIMEOUT)/, ExitCode.timeout],
  [/^KEEL_API/, ExitCode.api],
];

/** Exit code for an error of any package; a wrapper without a class of its own counts as what caused it. */
export function exitCodeOf(error: unknown): number {
  return classOf(error)?.exitCode ?? ExitCode.unexpected;
}

/** What the user reads: `error: message` with the reason below; faults without a reason keep their stack for a report. */
export function describeError(error: unknown): string {
  const known = classOf(error);
  if (known === undefined && !isKeelsonError(error)) return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nreason: KEEL_UNEXPECTED\n`;
  return `error: ${(error as Error).message}\nreason: ${known?.reason ?? (error as KeelsonError).code}\n`;
}

function classOf(error: unknown): { readonly exitCode: number; readonly reason: string } | undefined {
  for (let at: unknown = error; at instanceof Error || isKeelsonError(at); at = at.cause) {
    const code = codeOf(at) ?? '';
    const exitCode = code.startsWith('KEEL_') ? classes.find(([pattern]) => pattern.test(code))?.[1] : undefined;
    if (exitCode !== undefined) return { exitCode, reason: code };
    const hint = systemCodes.get(code);
    if (hint !== undefined) return { exitCode: ExitCode.environment, reason: `KEEL_ENVIRONMENT (${hint})` };
  }
  return undefined;
}

/** Faults of the machine that reach us without a reason of our own. */
const systemCodes: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is taken: choose another with --api-port, 0 for any'],
  ['EACCES', 'no permission: choose another path or port, or change its owner'],
  ['EPERM', 'not permitted: choose another path, or change its attributes'],
  ['ENOSPC', 'the disk is full: free some space'],
  ['EROFS', 'the file system is read-only: choose another --data-dir'],
  ['EMFILE', 'too many open files: raise the limit with ulimit -n'],
]);

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
