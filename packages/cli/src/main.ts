// Composition root of the command: the one place where real time, chance, environment and streams enter.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endWith, processWorld } from './adapters/process-world.ts';
import { systemMachine } from './adapters/system-machine.ts';
import { runProgram } from './program.ts';

// The same from src/ and from dist/.
const artifactProgram = fileURLToPath(new URL('../src/run-distribution.ts', import.meta.url));
const tools = fileURLToPath(new URL('../../../.keelson/tools/bin', import.meta.url));
const images = fileURLToPath(new URL('../../../.keelson/images', import.meta.url));
const world = processWorld(fileURLToPath(import.meta.url), { ...(existsSync(artifactProgram) ? { artifactProgram } : {}), ...(existsSync(images) ? { images } : {}) });
void endWith(() => runProgram(world, systemMachine(process.env['PATH'], [tools]), process.argv.slice(2)));
