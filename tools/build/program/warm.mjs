// Makes the code cache of a program: boots a cluster with it, asks it one thing, and keeps what V8 compiled for that.
// Functions that a start does not call are not in it and are compiled when they are called.
//
//   node tools/build/program/warm.mjs PROGRAM ENTRY DATA_FOLDER
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createRequire } from 'node:module';

const { cacheOf, compileProgram, runProgram } = createRequire(import.meta.url)('./script.cjs');
const [node, , path, entry, dataDir] = process.argv;
const script = compileProgram(path);
process.argv = [node, entry, 'up', '--storage', 'memory', '--api-port', '0', '--output', 'json', '--data-dir', dataDir];
const spoken = firstLine();
runProgram(script, path, entry);
const { server, kubeconfig } = JSON.parse(await spoken);
await answered(`${server}/readyz`, Buffer.from(/certificate-authority-data: "?([A-Za-z0-9+/=]+)/.exec(readFileSync(kubeconfig, 'utf8'))[1], 'base64'));
const draft = `${cacheOf(path)}.${process.pid}`;
writeFileSync(draft, script.createCachedData());
renameSync(draft, cacheOf(path));
process.kill(process.pid, 'SIGINT');

/** The line with which the cluster says that it serves; it is meant for nobody here. */
function firstLine() {
  return new Promise((resolve) => {
    let text = '';
    process.stdout.write = (chunk, ...rest) => {
      text += chunk;
      if (text.includes('\n')) resolve(text);
      rest.find((one) => typeof one === 'function')?.();
      return true;
    };
  });
}

function answered(url, ca) {
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (response) => response.resume().once('end', resolve)).once('error', reject).end();
  });
}
