/** What the checks ask about the machine. */
export interface Machine {
  /** Without the `v`. */
  readonly nodeVersion: string;
  readonly platform: string;
  readonly isRoot: boolean;
  findProgram(name: string): string | undefined;
  /** Runs a program for at most `timeoutMs`, by default five seconds. */
  run(program: string, args: readonly string[], timeoutMs?: number): Promise<{ readonly ok: boolean; readonly output: string }>;
  /** The file exists, and contains `text` if given. */
  fileHolds(path: string, text?: string): boolean;
  isPortFree(port: number): Promise<boolean>;
  folderState(path: string): 'writable' | 'missing' | 'not writable' | 'not a folder';
  freeBytes(path: string): Promise<number | undefined>;
}
