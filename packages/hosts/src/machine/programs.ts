import { execFile } from 'node:child_process';
import { KeelsonError } from '@keelson/sdk';
import type { Step } from '../fabric/steps.ts';

/** Runs programs of this machine to their end. */
export interface Programs {
  /** Resolves to what it wrote to standard output; rejects with KEEL_HOSTS_COMMAND, the program's own words in it. */
  run(step: Step): Promise<string>;
}

/** Milliseconds after which a program is taken for stuck. */
const patience = 60_000;

/** The machine's own; arguments are never seen by a shell. */
export const systemPrograms: Programs = Object.freeze({
  run: ({ program, args, input }: Step) =>
    new Promise<string>((resolve, reject) => {
      const child = execFile(program, [...args], { timeout: patience, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new KeelsonError('KEEL_HOSTS_COMMAND', `${[program, ...args].join(' ')} failed: ${stderr.trim() || error.message}`, { cause: error }));
      });
      child.stdin?.on('error', () => undefined); // it ended without reading; its exit says why
      child.stdin?.end(input ?? '');
    }),
});
