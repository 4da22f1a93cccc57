/** `fail`: keelson does not work; `warn`: a part of it does not. */
export type Verdict = 'ok' | 'warn' | 'fail';

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly detail: string;
  /** What a person can do. */
  readonly remedy?: string;
  /** What `--fix` does; resolves to what it did. */
  readonly fix?: () => Promise<string>;
}
