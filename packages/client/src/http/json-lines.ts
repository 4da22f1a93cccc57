import { StringDecoder } from 'node:string_decoder';

/** Cuts a byte stream into JSON documents, one a line, whatever chunks (and cut characters) it comes in. */
export class JsonLines {
  readonly #decoder = new StringDecoder('utf8');
  #rest: string[] = [];

  /** The documents that the chunk completes. Throws SyntaxError for a line that is no JSON. */
  push(chunk: Buffer): unknown[] {
    const text = this.#decoder.write(chunk);
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    // The start of a long line is kept in pieces and joined once: adding to one string per chunk is quadratic.
    if (lines.length === 0) {
      this.#rest.push(last);
      return [];
    }
    lines[0] = this.#rest.join('') + (lines[0] ?? '');
    this.#rest = [last];
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown);
  }
}
