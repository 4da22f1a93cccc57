import type { TestCluster } from './cluster.ts';

/**
 * The error of a test, with the seed that repeats the run and the newest spans appended; the same object, so that
 * matchers keep their diff and the stack its place.
 */
export function explained(error: unknown, test: Pick<TestCluster, 'seed' | 'trace'>): Error {
  const known = error instanceof Error || (typeof error === 'object' && error !== null && 'stack' in error) ? (error as Error) : new Error(String(error));
  const text = `${known.message}\n\nseed ${test.seed}; the newest spans:\n${test.trace.render()}`;
  const { stack } = known;
  const frames = stack?.includes(known.message) === true ? stack.slice(stack.indexOf(known.message) + known.message.length) : '';
  known.message = text;
  known.stack = `${known.name}: ${text}${frames}`;
  return known;
}
