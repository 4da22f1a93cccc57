// `npm run lint`: code rules and import boundaries over the whole tree, side by side; both always report.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = (path) => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));
const folders = ['packages', 'plugins', 'examples', 'tools'].filter((folder) => existsSync(`${root}${folder}`));

const [code, boundaries] = await Promise.all([
  run([program('eslint/bin/eslint.js'), '-c', 'tools/lint/eslint.config.mjs', '--no-error-on-unmatched-pattern', ...process.argv.slice(2), ...folders]),
  run([program('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', 'tools/lint/boundaries.cjs', '--output-type', 'err', ...folders.filter((folder) => folder !== 'tools')]),
]);
process.stdout.write(`\ncode rules\n${code.output.trim() || '✔ no problem found'}\n\nimport boundaries\n${boundaries.output.trim()}\n`);
process.exitCode = code.status === 0 && boundaries.status === 0 ? 0 : 1;

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FORCE_COLOR: '0' } });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ status: 1, output: error.message }));
    child.on('exit', (status) => resolve({ status: status ?? 1, output }));
  });
}
