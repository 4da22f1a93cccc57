// Runs Nx offline and alone: no daemon, no cloud, no analytics, plain output. Arguments go through.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const nx = fileURLToPath(new URL('../../node_modules/nx/dist/bin/nx.js', import.meta.url));

const child = spawn(process.execPath, [nx, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    NX_ADD_PLUGINS: 'false',
    NX_DEFAULT_OUTPUT_STYLE: process.env.NX_DEFAULT_OUTPUT_STYLE ?? 'static',
    npm_config_loglevel: 'error',
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
