import type { Clock } from '@keelson/sdk';
import type { Output } from '../world.ts';

/** Steps of a command, on stderr: ` • step …` that turns into ` ✓ step (1.2 s)` on a terminal, plain lines elsewhere. */
export interface Progress {
  headline(text: string): void;
  /** Ends the step before, if it is still open. */
  step(title: string): void;
  done(note?: string): void;
  failed(): void;
}

export function progressOn(output: Output, clock: Clock): Progress {
  let open: { readonly title: string; readonly since: number } | undefined;
  const end = (mark: string, note = ''): void => {
    if (open === undefined) return;
    const seconds = ((clock.monotonic() - open.since) / 1000).toFixed(1);
    output.write(`${output.isTerminal ? '\r\u001b[2K' : ''} ${mark} ${open.title}${note && ` ${note}`} (${seconds} s)\n`);
    open = undefined;
  };
  return {
    headline: (text) => output.write(`${text}\n`),
    step(title) {
      end('✓');
      open = { title, since: clock.monotonic() };
      if (output.isTerminal) output.write(` • ${title} …`);
    },
    done: (note) => end('✓', note),
    failed: () => end('✗'),
  };
}
