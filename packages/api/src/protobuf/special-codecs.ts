import { malformed } from './protobuf-error.ts';
import type { Reader } from './reader.ts';
import { textOf } from './scalar-codecs.ts';
import type { ValueCodec } from './value-codec.ts';
import { bytesWire, varintWire } from './wire.ts';
import type { Writer } from './writer.ts';

/** Parts of a small fixed message by tag; a part not listed is skipped. */
type Parts = Readonly<Record<number, (reader: Reader) => void>>;

const textPart = (number: number) => number * 8 + bytesWire;
const numberPart = (number: number) => number * 8 + varintWire;

function readParts(reader: Reader, parts: Parts): void {
  reader.message(() => {
    while (!reader.atEnd) {
      const tag = reader.tag();
      const part = parts[tag];
      if (part === undefined) reader.skip(tag);
      else part(reader);
    }
  });
}

/** resource.Quantity: the amount's text. */
export const quantityCodec: ValueCodec = {
  wire: bytesWire,
  zero: '0',
  nilable: false,
  write: (writer, value) => {
    const before = writer.size;
    writer.string(value === undefined ? '0' : typeof value === 'number' ? String(value) : textOf(value));
    writer.tag(1, bytesWire);
    writer.length(before);
  },
  read: (reader) => {
    let text = '';
    readParts(reader, { [textPart(1)]: () => { text = reader.string(); } });
    return text === '' ? '0' : text;
  },
  // A struct in Go: its JSON is never left out.
  isZero: () => false,
};

/** intstr.IntOrString: which of the two, the number, the text; all three are always there. */
export const intOrStringCodec: ValueCodec = {
  wire: bytesWire,
  zero: 0,
  nilable: false,
  write: (writer, value) => {
    const before = writer.size;
    writer.string(typeof value === 'number' ? '' : textOf(value));
    writer.tag(3, bytesWire);
    writer.int64(typeof value === 'number' ? value : 0);
    writer.tag(2, varintWire);
    writer.int64(typeof value === 'string' ? 1 : 0);
    writer.tag(1, varintWire);
    writer.length(before);
  },
  read: (reader) => {
    let type = 0;
    let number = 0;
    let text = '';
    readParts(reader, {
      [numberPart(1)]: () => { type = reader.int32(); },
      [numberPart(2)]: () => { number = reader.int32(); },
      [textPart(3)]: () => { text = reader.string(); },
    });
    if (type !== 0 && type !== 1) throw malformed(`impossible IntOrString.Type ${type}`);
    return type === 1 ? text : number;
  },
  isZero: () => false,
};

const timePattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;
/** Years 1 to 9999, what RFC 3339 can write. */
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

/** meta.Time and meta.MicroTime: seconds and nanoseconds since the epoch; the zero time is an empty message. */
function timeCodec(digits: 0 | 6): ValueCodec {
  return {
    wire: bytesWire,
    zero: undefined,
    nilable: false,
    write: (writer, value) => {
      const before = writer.size;
      if (value !== undefined) writeTime(writer, textOf(value), digits);
      writer.length(before);
    },
    read: (reader) => {
      let seconds: number | undefined;
      let nanos = 0;
      readParts(reader, {
        [numberPart(1)]: () => { seconds = reader.int64(); },
        [numberPart(2)]: () => { nanos = reader.int32(); },
      });
      if (seconds === undefined && nanos === 0) return undefined;
      return formatSeconds(seconds ?? 0, digits === 0 ? 0 : nanos, digits);
    },
    isZero: (value) => value === undefined,
  };
}

function writeTime(writer: Writer, text: string, digits: 0 | 6): void {
  const parts = timePattern.exec(text);
  const at = Date.parse(text);
  if (parts === null || Number.isNaN(at)) throw malformed(`parsing time ${JSON.stringify(text)}: not RFC 3339`);
  const micros = digits === 0 ? 0 : Number((parts[7] ?? '').slice(0, 6).padEnd(6, '0'));
  writer.int64(micros * 1000);
  writer.tag(2, varintWire);
  writer.int64(Math.floor(at / 1000));
  writer.tag(1, varintWire);
}

function formatSeconds(seconds: number, nanos: number, digits: 0 | 6): string {
  if (seconds < firstSecond || seconds > lastSecond || nanos < 0 || nanos > 999_999_999) throw malformed('a time is outside of the years 1 to 9999');
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${text}Z` : `${text}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z`;
}

export const secondsCodec: ValueCodec = timeCodec(0);
export const microsecondsCodec: ValueCodec = timeCodec(6);

const utf8 = new TextEncoder();

/** runtime.RawExtension, meta.FieldsV1 and apiextensions JSON: a message around JSON text. */
export const jsonCodec: ValueCodec = {
  wire: bytesWire,
  zero: undefined,
  nilable: false,
  write: (writer, value) => {
    const before = writer.size;
    if (value !== undefined) {
      const text = utf8.encode(JSON.stringify(value));
      writer.raw(text);
      writer.uint32(text.length);
      writer.tag(1, bytesWire);
    }
    writer.length(before);
  },
  read: (reader) => {
    let text = '';
    readParts(reader, { [textPart(1)]: () => { text = reader.string(); } });
    if (text === '') return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw malformed('an embedded object is not JSON');
    }
  },
  isZero: (value) => value === undefined,
};
