// `npm test`: sets the project up if needed, runs all tests that the machine allows, says what it skipped and why, and
// closes with one line `N passed, N failed`. Arguments after `--` go to jest. With KEELSON_NO_SKIP=1 a skip is a failure.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { progressOn } from './progress.mjs';
import { root, setUp } from './steps.mjs';
import { summaryOf } from './summary.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'keelson-test-'));
try {
  await setUp(progressOn(process.stderr));
  const report = join(scratch, 'report.json');
  const { reasons, code } = await runJest(['--json', `--outputFile=${report}`, ...process.argv.slice(2)]);
  const summary = summaryOf(readReport(report), reasons, process.env.KEELSON_NO_SKIP === '1');
  for (const line of summary.lines) process.stdout.write(`${line}\n`);
  // A run can fail beside its tests: a hook of the whole run, folders left behind.
  finish(summary.passed, code !== 0 && summary.failed === 0 ? 1 : summary.failed);
} catch (error) {
  process.stderr.write(`\nerror: ${error instanceof Error ? error.message : String(error)}\n`);
  finish(0, 1);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Runs jest, lets its report through and collects the reasons of skips. */
function runJest(args) {
  return new Promise((resolve, reject) => {
    const jest = join(root, 'node_modules/jest/bin/jest.js');
    const child = spawn(process.execPath, [jest, '-c', 'tools/jest/jest.config.mjs', ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, npm_config_loglevel: 'error' },
    });
    const reasons = new Map();
    let rest = '';
    child.stderr.on('data', (chunk) => {
      process.stderr.write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const match = /SKIPPED \(needs ([^)]+)\): (.*)/.exec(line);
        if (match) reasons.set(match[1], match[2]);
      }
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('exit', (code) => resolve({ reasons, code }));
  });
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Error('jest ended without a report');
  }
}

/** The closing line, or a file for a caller (.ci/run) that adds checks of its own to it. */
function finish(passed, failed) {
  const line = `${passed} passed, ${failed} failed\n`;
  const file = process.env.KEELSON_SUMMARY_FILE;
  if (file) writeFileSync(file, line);
  else process.stdout.write(line);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
