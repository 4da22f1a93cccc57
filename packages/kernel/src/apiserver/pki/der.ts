// The few forms of DER (ITU-T X.690) that certificates of this cluster are made of.

/** Tags by the names that X.509 gives the forms. */
export const Tag = Object.freeze({
  boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, object: 0x06, utf8: 0x0c, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31,
});

/** One value: tag, length, content. */
export function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(length)]), ...content]);
}

/** The content's own tag is kept, inside of `[number]`. */
export function explicit(number: number, content: Buffer): Buffer {
  return der(0xa0 | number, content);
}

/** A tag of the form's own instead of the content's, for what is not constructed. */
export function implicit(number: number, content: Buffer): Buffer {
  return der(0x80 | number, content);
}

/** An object identifier, from its dotted form. */
export function objectId(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number) as [number, number, ...number[]];
  return der(Tag.object, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A moment, in the form that RFC 5280 asks for at its year. */
export function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\.\d+|[-:T]/g, '');
  return Number(digits.slice(0, 4)) < 2050 ? der(Tag.utcTime, Buffer.from(digits.slice(2))) : der(Tag.generalizedTime, Buffer.from(digits));
}

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Addresses are known by their form; Node's own test compiles an expression that takes a first boot milliseconds. */
export function isAddress(host: string): boolean {
  return ipv4.test(host) || /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(host);
}

/** The bytes of an IPv4 or IPv6 address. */
export function addressBytes(address: string): Buffer {
  if (ipv4.test(address)) return Buffer.from(address.split('.').map(Number));
  // The last 32 bits may be written as IPv4.
  const words = address.replace(/[\d.]+$/, (last) => (ipv4.test(last) ? last.split('.').map(Number).map((byte, i, all) => (i % 2 === 0 ? (byte * 256 + all[i + 1]!).toString(16) : '')).filter(Boolean).join(':') : last));
  const [head = [], tail = []] = words.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const bytes = Buffer.alloc(16);
  head.forEach((word, i) => bytes.writeUInt16BE(parseInt(word, 16), i * 2));
  tail.forEach((word, i) => bytes.writeUInt16BE(parseInt(word, 16), 16 - (tail.length - i) * 2));
  return bytes;
}

/** A value within other DER. */
export interface DerValue {
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Buffer;
  readonly content: Buffer;
}

/** The values that stand one after the other in constructed content. Throws a `RangeError` for what is cut short. */
export function derValues(content: Buffer): DerValue[] {
  const found: DerValue[] = [];
  for (let at = 0; at < content.length; ) {
    const short = content.readUInt8(at + 1);
    const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
    const start = at + 2 + lengthBytes;
    const end = start + (lengthBytes === 0 ? short : content.readUIntBE(at + 2, lengthBytes));
    if (end > content.length) throw new RangeError('the certificate is cut short');
    found.push({ tag: content.readUInt8(at), whole: content.subarray(at, end), content: content.subarray(start, end) });
    at = end;
  }
  return found;
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
