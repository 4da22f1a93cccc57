// Measures what the budgets are about and prints one table. Baselines run in turn with Keelson in the same run, and each
// program in a process of its own.
//
//   node tools/bench/run.mjs [--only row,row] [--quick] [--json FILE] [--profile FOLDER]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { budgets } from './budgets.mjs';
import { bundle } from './bundle.mjs';
import { resultsOf, tableOf } from './table.mjs';

const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false }, json: { type: 'string' }, profile: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (flags.help) {
  process.stdout.write('npm run bench -- [--only ROW,…] [--quick] [--json FILE] [--profile FOLDER]\n\nrows:\n');
  for (const { row, what } of budgets) process.stdout.write(`  ${row.padEnd(20)} ${what}\n`);
  process.exit(0);
}

/** A name chooses the rows that begin with it. */
const chosen = flags.only === undefined ? budgets : budgets.filter(({ row }) => flags.only.split(',').some((name) => row.startsWith(name)));
if (chosen.length === 0) {
  process.stderr.write(`error: no row is called ${flags.only}; see: npm run bench -- --help\n`);
  process.exit(2);
}

const programs = [...new Set(chosen.map(({ program }) => program))];
const helpers = ['api/server-process'];
const entries = Object.fromEntries([...programs, ...helpers].map((program) => [nameOf(program), `tools/bench/${program}.ts`]));
const folder = await bundle(entries, { folder: 'programs' });
if (programs.includes('api/tracing')) await bundleUntraced();
const outcomes = new Map();
const failures = [];
for (const program of programs) {
  process.stderr.write(`measuring ${chosen.filter((row) => row.program === program).map(({ row }) => row).join(', ')} …\n`);
  await measure(program);
}

const results = resultsOf(chosen, outcomes);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load ${loadavg()[0].toFixed(1)} at the end${flags.quick ? ', --quick: figures are not to be trusted' : ''}`;
process.stdout.write(`${tableOf(results)}\n\n${machine}\n`);
for (const failure of failures) process.stdout.write(`problem: ${failure}\n`);
if (flags.json !== undefined) {
  mkdirSync(dirname(resolve(flags.json)), { recursive: true });
  writeFileSync(flags.json, `${JSON.stringify({ machine, quick: flags.quick, results }, undefined, 2)}\n`);
}
// A missed budget is a result, not a failure of the bench; a program that broke is one.
process.exitCode = failures.length === 0 ? 0 : 1;

/** The measured server with the tracing API replaced by nothing: what tracing costs is the difference. */
async function bundleUntraced() {
  const standIn = join(import.meta.dirname, 'api/no-tracing.ts');
  const withoutTracing = { name: 'without-tracing', setup: (build) => build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ importer }) => (importer.includes('/node_modules/') ? undefined : { path: standIn })) };
  await bundle({ 'untraced-server': 'tools/bench/api/server-process.ts' }, { folder: 'programs', plugins: [withoutTracing] });
}

/** Runs a program and takes down what it reports. */
async function measure(program) {
  // Its own temporary folder: gone also after a program that was stopped.
  const temporary = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  try {
    await measureIn(program, temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function measureIn(program, temporary) {
  const child = spawn(process.execPath, ['--expose-gc', join(folder, `${nameOf(program)}.mjs`), ...(flags.quick ? ['--quick'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: temporary, ...(flags.profile === undefined ? {} : { KEELSON_BENCH_PROFILE: resolve(flags.profile) }) },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const outcome = JSON.parse(line);
    outcomes.set(outcome.row, outcome);
    process.stderr.write(`  ${outcome.row}: ${outcome.missing ?? `${outcome.figure.toPrecision(3)} ${JSON.stringify(outcome.detail)}`}\n`);
  }
  const code = child.exitCode ?? (await new Promise((done) => child.once('exit', done)));
  if (code !== 0) failures.push(`${program} ended with ${code}`);
}

function nameOf(program) {
  return program.replaceAll('/', '-');
}
