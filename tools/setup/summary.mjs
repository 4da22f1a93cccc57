// Turns jest's report into counts and the lines about skips. Pure.

/**
 * @param report jest's `--json` report
 * @param {Map<string, string>} reasons part that is missing → why
 * @param {boolean} noSkip skips are failures
 */
export function summaryOf(report, reasons, noSkip) {
  const skipped = report.numPendingTests + report.numTodoTests;
  const lines = [];
  if (skipped > 0) {
    lines.push('', `${skipped} skipped${noSkip ? ', which counts as failed here' : ''}:`);
    for (const [part, reason] of reasons) lines.push(`  needs ${part}: ${reason}`);
    for (const name of skippedSuites(report, reasons)) lines.push(`  ${name}`);
  }
  // A suite that cannot even load has no failed test, and must not pass for that.
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites + (noSkip ? skipped : 0);
  return { passed: report.numPassedTests, failed, lines };
}

/** Files with skips that named no missing part: someone skipped a test by hand. */
function skippedSuites(report, reasons) {
  if (reasons.size > 0) return [];
  return report.testResults
    .filter((suite) => suite.assertionResults.some((test) => test.status === 'pending' || test.status === 'todo'))
    .map((suite) => suite.name.replace(/^.*\/(packages|plugins|tools|examples)\//, '$1/'));
}
