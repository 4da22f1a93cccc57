import { CliError } from '../errors.ts';

/**
 * What kept a background cluster from starting: the fault that its process told last, with its reason, or else how the
 * process ended (KEEL_CLUSTER_START) with the end of what it said.
 */
export function startFault(name: string, error: Error, said: string): CliError {
  const told = /(?:^|\n)error: ((?:(?!\nerror: )[^])*?)\nreason: (KEEL_[A-Z0-9_]+)(?: \((.*)\))?\n*$/.exec(said);
  if (told !== null) {
    const [, message, reason, hint] = told as unknown as [string, string, string, string | undefined];
    return new CliError(reason, `cluster "${name}" did not start: ${message}${hint === undefined ? '' : `\n${hint}`}`, { cause: error });
  }
  return new CliError('KEEL_CLUSTER_START', `cluster "${name}" did not start: ${error.message}\n${said.slice(-2048)}`.trimEnd(), { cause: error });
}
