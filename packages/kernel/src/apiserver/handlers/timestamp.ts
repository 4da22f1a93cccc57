import type { Clock } from '@keelson/sdk';

let second = -1;
let text = '';

/** Now, in the wire's precision of a second. Formatted once a second: every write asks for it. */
export function timestamp({ clock }: { readonly clock: Clock }): string {
  const now = Math.floor(clock.now() / 1000);
  if (now === second) return text;
  second = now;
  text = `${new Date(now * 1000).toISOString().slice(0, 19)}Z`;
  return text;
}
