import { decodeHuffman } from './huffman.ts';

/** RFC 7541, appendix A: names, and values where there are any, from index 1 on. */
const staticTable: readonly (readonly [string, string])[] = [
  ':authority', ':method GET', ':method POST', ':path /', ':path /index.html', ':scheme http', ':scheme https',
  ':status 200', ':status 204', ':status 206', ':status 304', ':status 400', ':status 404', ':status 500',
  'accept-charset', 'accept-encoding gzip, deflate', 'accept-language', 'accept-ranges', 'accept', 'access-control-allow-origin',
  'age', 'allow', 'authorization', 'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-length',
  'content-location', 'content-range', 'content-type', 'cookie', 'date', 'etag', 'expect', 'expires', 'from', 'host', 'if-match',
  'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'last-modified', 'link', 'location', 'max-forwards',
  'proxy-authenticate', 'proxy-authorization', 'range', 'referer', 'refresh', 'retry-after', 'server', 'set-cookie',
  'strict-transport-security', 'transfer-encoding', 'user-agent', 'vary', 'via', 'www-authenticate',
].map((line) => {
  const space = line.indexOf(' ');
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
});

/** What the standard counts for an entry beside its characters. */
const entryOverhead = 32;
/** Size of the dynamic table when nobody says anything else; we do not. */
const tableSize = 4096;

/** Decodes the header blocks of one connection, all of them and in order: each may change how the next ones are read. */
export class HeaderDecoder {
  /** Newest first. */
  readonly #dynamic: (readonly [string, string])[] = [];
  #size = 0;
  #limit = tableSize;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Throws where the block breaks the rules; the connection is then lost. */
  decode(block: Buffer): ReadonlyMap<string, string> {
    this.#block = block;
    this.#at = 0;
    const headers = new Map<string, string>();
    while (this.#at < block.length) {
      const first = block[this.#at]!;
      if ((first & 0x80) !== 0) headers.set(...this.#entry(this.#int(7)));
      else if ((first & 0xe0) === 0x20) this.#resize(this.#int(5));
      else {
        const remembered = (first & 0x40) !== 0;
        const index = this.#int(remembered ? 6 : 4);
        const name = index === 0 ? this.#text() : this.#entry(index)[0];
        const value = this.#text();
        if (remembered) this.#remember(name, value);
        headers.set(name, value);
      }
    }
    return headers;
  }

  #entry(index: number): readonly [string, string] {
    const entry = index <= staticTable.length ? staticTable[index - 1] : this.#dynamic[index - staticTable.length - 1];
    if (entry === undefined) throw new Error(`there is no header ${index}`);
    return entry;
  }

  #remember(name: string, value: string): void {
    this.#dynamic.unshift([name, value]);
    this.#size += name.length + value.length + entryOverhead;
    this.#evict();
  }

  #resize(limit: number): void {
    if (limit > tableSize) throw new Error(`a header table of ${limit} bytes was not offered`);
    this.#limit = limit;
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#limit) {
      const [name, value] = this.#dynamic.pop()!;
      this.#size -= name.length + value.length + entryOverhead;
    }
  }

  #int(bits: number): number {
    const full = (1 << bits) - 1;
    let value = this.#byte() & full;
    if (value < full) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error('a number in a header is too large');
  }

  #text(): string {
    const coded = (this.#block[this.#at]! & 0x80) !== 0;
    const length = this.#int(7);
    const bytes = this.#block.subarray(this.#at, this.#at + length);
    if (bytes.length < length) throw new Error('a header ends within a string');
    this.#at += length;
    return coded ? decodeHuffman(bytes) : bytes.toString('latin1');
  }

  #byte(): number {
    if (this.#at >= this.#block.length) throw new Error('a header ends within a field');
    return this.#block[this.#at++]!;
  }
}

/** A header block that leaves the tables alone, so that it is the same for every request. Names in lower case. */
export function headerBlock(headers: readonly (readonly [string, string])[]): Buffer {
  const parts = headers.flatMap(([name, value]) => {
    const whole = staticTable.findIndex((entry) => entry[0] === name && entry[1] === value && value !== '');
    if (whole >= 0) return [Buffer.from([0x80 | (whole + 1)])];
    return [Buffer.from([0]), literal(name), literal(value)];
  });
  return Buffer.concat(parts);
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  const { length } = bytes;
  const head = [Math.min(length, 127)];
  for (let rest = length - 127; rest >= 0; rest = rest >= 128 ? Math.floor(rest / 128) : -1) head.push(rest >= 128 ? (rest % 128) | 128 : rest);
  return Buffer.concat([Buffer.from(head), bytes]);
}
