import { KeelsonError } from '@keelson/sdk';

/** Stable codes of configuration problems. */
export type ProblemCode =
  | 'KEEL_BAD_CONFIG' | 'KEEL_BAD_DISTRIBUTION' | 'KEEL_BAD_MANIFEST' | 'KEEL_BAD_SETTINGS' | 'KEEL_CARDINALITY' | 'KEEL_CYCLE'
  | 'KEEL_DUPLICATE_KIND' | 'KEEL_DUPLICATE_PLUGIN' | 'KEEL_DUPLICATE_PROVIDER' | 'KEEL_MISSING_PROVIDER' | 'KEEL_ORDER_AMBIGUOUS'
  | 'KEEL_ORDER_INCOMPLETE' | 'KEEL_ORDER_UNKNOWN' | 'KEEL_REPLACE_INCOMPLETE' | 'KEEL_SETUP_FAILED' | 'KEEL_UNKNOWN_PLUGIN';

/** One thing that is wrong with a distribution. */
export interface Problem {
  readonly code: ProblemCode;
  /** What the problem is about: a plugin, a point, a file. */
  readonly place: string;
  /** Goes on from `place` on the same line. */
  readonly what: string;
  readonly cause?: string;
  readonly remedy?: string;
}

/** Everything that is wrong with a distribution, found before anything started. */
export class ConfigurationError extends KeelsonError {
  constructor(
    title: string,
    readonly problems: readonly Problem[],
  ) {
    super('KEEL_CONFIGURATION', formatProblems(title, problems));
  }
}

/** The text that a user reads: a headline with the count, then each problem with its cause and remedy below it. */
export function formatProblems(title: string, problems: readonly Problem[]): string {
  const headline = `${title}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return [headline, ...problems.map(formatProblem)].join('\n');
}

function formatProblem(problem: Problem): string {
  const gap = problem.code === 'KEEL_BAD_CONFIG' ? '  ' : ' ';
  const lines = [`${problem.code}  ${problem.place}${gap}${problem.what}`];
  if (problem.cause !== undefined) lines.push(...indent(problem.cause));
  if (problem.remedy !== undefined) lines.push(...indent(problem.remedy));
  return lines.join('\n');
}

function indent(text: string): string[] {
  return text.split('\n').map((line) => `    ${line}`);
}
