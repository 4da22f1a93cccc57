import type { LogOptions } from '@keelson/sdk/runtime';
import type { SimContainer } from './sim-container.ts';

interface Line {
  readonly at: number;
  readonly text: string;
}

/** The log of a container that printed nothing: made from its state when it is read, so that it costs no memory. */
export function linesOf(container: SimContainer): readonly Line[] {
  const { name, image, command, startedAt, finishedAt, exitCode } = container;
  if (startedAt === undefined) return [];
  const lines: Line[] = [
    { at: startedAt, text: `simulated: container ${name} is played by the sim runtime, no process runs` },
    { at: startedAt, text: `simulated: image ${image}${command.length === 0 ? '' : `, command ${JSON.stringify(command)}`}` },
    { at: startedAt, text: 'simulated: started' },
  ];
  if (finishedAt !== undefined) lines.push({ at: finishedAt, text: `simulated: ended with exit code ${exitCode ?? 0}` });
  return lines;
}

/** The part of the log that the options ask for, as text. All simulated output is standard output. */
export function renderLog(lines: readonly Line[], options: LogOptions): string {
  if (options.stream === 'Stderr') return '';
  const { sinceTime, tailLines } = options;
  const recent = sinceTime === undefined ? lines : lines.filter(({ at }) => at >= sinceTime);
  const wanted = tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - tailLines));
  return wanted.map(({ at, text }) => (options.timestamps === true ? `${new Date(at).toISOString().replace('Z', '000000Z')} ${text}\n` : `${text}\n`)).join('');
}
