// Progress lines on stderr: a line that becomes ` ✓ step (3.1 s)` on a terminal, plain lines elsewhere.

/** @param {{ isTTY?: boolean, write(text: string): unknown }} stream */
export function progressOn(stream) {
  return {
    /** Announces a step; call the answer when it is done. */
    step(title) {
      const started = performance.now();
      stream.write(stream.isTTY ? ` • ${title} …` : `${title} ...\n`);
      return (note = '') => {
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        stream.write(`${stream.isTTY ? '\r\u001b[2K' : ''} ✓ ${title}${note && ` ${note}`} (${seconds} s)\n`);
      };
    },
  };
}
