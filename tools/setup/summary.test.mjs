import { summaryOf } from './summary.mjs';

const report = (counts) => ({ numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0, testResults: [], ...counts });

describe('summaryOf', () => {
  it('counts tests', () => {
    expect(summaryOf(report({ numFailedTests: 2 }), new Map(), false)).toEqual({ passed: 5, failed: 2, lines: [] });
  });

  it('counts a suite that did not load as failed', () => {
    expect(summaryOf(report({ numRuntimeErrorTestSuites: 1 }), new Map(), false).failed).toBe(1);
  });

  it('prints skips with reasons, and fails them when skipping is not allowed', () => {
    const reasons = new Map([['etcd', 'no etcd on PATH']]);
    const lenient = summaryOf(report({ numPendingTests: 3 }), reasons, false);
    expect(lenient).toMatchObject({ passed: 5, failed: 0 });
    expect(lenient.lines).toEqual(['', '3 skipped:', '  needs etcd: no etcd on PATH']);
    expect(summaryOf(report({ numPendingTests: 3 }), reasons, true).failed).toBe(3);
  });

  it('names the file of a skip without a reason', () => {
    const testResults = [{ name: '/x/packages/sdk/src/a.test.ts', assertionResults: [{ status: 'pending' }] }];
    expect(summaryOf(report({ numPendingTests: 1, testResults }), new Map(), false).lines.at(-1)).toBe('  packages/sdk/src/a.test.ts');
  });
});
