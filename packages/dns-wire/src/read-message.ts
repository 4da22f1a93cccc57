import type { DnsRcode, DnsRecord, DnsRecordData } from '@keelson/sdk/dns';
import type { AnswerMessage, Edns, Question, QueryMessage } from './message.ts';
import { WireError, readName } from './names.ts';
import { optType, rcodeName, typeName } from './record-types.ts';

const headerSize = 12;

/** A query that cannot be answered with more than a code; the answer repeats what was understood of it. */
export interface RefusedQuery {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly rcode: DnsRcode;
}

/**
 * Reads a query. Undefined: not to be answered at all (too short for a header, or itself an answer).
 */
export function readQuery(bytes: Buffer): QueryMessage | RefusedQuery | undefined {
  if (bytes.length < headerSize) return undefined;
  const flags = bytes.readUInt16BE(2);
  if ((flags & 0x8000) !== 0) return undefined;
  const id = bytes.readUInt16BE(0);
  const opcode = (flags >> 11) & 0xf;
  const recursionDesired = (flags & 0x100) !== 0;
  if (opcode !== 0) return { id, opcode, recursionDesired, rcode: 'NOTIMP' };
  if (bytes.readUInt16BE(4) !== 1) return { id, opcode, recursionDesired, rcode: 'FORMERR' };
  try {
    const { question, end } = readQuestion(bytes, headerSize);
    return {
      id, opcode, recursionDesired,
      checkingDisabled: (flags & 0x10) !== 0,
      question,
      rawQuestion: bytes.subarray(headerSize, end),
      edns: readEdns(bytes, end, bytes.readUInt16BE(6) + bytes.readUInt16BE(8) + bytes.readUInt16BE(10)),
    };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { id, opcode, recursionDesired, rcode: 'FORMERR' };
  }
}

/**
 * Reads another server's answer.
 * @throws WireError when it is against the RFC
 */
export function readAnswer(bytes: Buffer): AnswerMessage {
  if (bytes.length < headerSize) throw new WireError('the message is shorter than its header');
  const flags = bytes.readUInt16BE(2);
  if ((flags & 0x8000) === 0) throw new WireError('the message is a query');
  const questions = bytes.readUInt16BE(4);
  if (questions > 1) throw new WireError('the message has more than one question');
  let at = headerSize;
  let question: Question | undefined;
  if (questions === 1) ({ question, end: at } = readQuestion(bytes, at));
  const section = (count: number): DnsRecord[] => {
    const records: DnsRecord[] = [];
    for (let i = 0; i < count; i++) {
      const { record, end } = readRecord(bytes, at);
      at = end;
      if (record !== undefined) records.push(record);
    }
    return records;
  };
  return {
    id: bytes.readUInt16BE(0), question,
    rcode: rcodeName(flags & 0xf),
    authoritative: (flags & 0x400) !== 0,
    truncated: (flags & 0x200) !== 0,
    answers: section(bytes.readUInt16BE(6)),
    authorities: section(bytes.readUInt16BE(8)),
    additionals: section(bytes.readUInt16BE(10)),
  };
}

function readQuestion(bytes: Buffer, start: number): { readonly question: Question; readonly end: number } {
  const { name, end } = readName(bytes, start);
  if (end + 4 > bytes.length) throw new WireError('the question runs past the end of the message');
  return { question: { name, type: typeName(bytes.readUInt16BE(end)), class: bytes.readUInt16BE(end + 2) }, end: end + 4 };
}

function readEdns(bytes: Buffer, start: number, records: number): Edns | undefined {
  let at = start;
  let found: Edns | undefined;
  for (let i = 0; i < records; i++) {
    const { end } = readName(bytes, at);
    const { size, type } = recordHead(bytes, end);
    if (type === optType) {
      if (found !== undefined) throw new WireError('the message has two OPT records');
      found = { udpSize: Math.max(512, bytes.readUInt16BE(end + 2)), version: bytes[end + 5]!, dnssecOk: (bytes[end + 6]! & 0x80) !== 0 };
    }
    at = end + 10 + size;
  }
  return found;
}

function recordHead(bytes: Buffer, at: number): { readonly type: number; readonly size: number } {
  if (at + 10 > bytes.length) throw new WireError('the record runs past the end of the message');
  const size = bytes.readUInt16BE(at + 8);
  if (at + 10 + size > bytes.length) throw new WireError('the record data runs past the end of the message');
  return { type: bytes.readUInt16BE(at), size };
}

function readRecord(bytes: Buffer, start: number): { readonly record: DnsRecord | undefined; readonly end: number } {
  const { name, end: head } = readName(bytes, start);
  const { type, size } = recordHead(bytes, head);
  const at = head + 10;
  const end = at + size;
  if (type === optType) return { record: undefined, end };
  // The highest bit is a sign by RFC 2181, section 8: such a lifetime counts as none.
  const ttl = bytes.readUInt32BE(head + 4);
  return { record: { name, type: typeName(type), ttl: ttl > 0x7fffffff ? 0 : ttl, data: readData(bytes, type, at, end) }, end };
}

function readData(bytes: Buffer, type: number, at: number, end: number): DnsRecordData {
  const need = (size: number): void => {
    if (at + size > end) throw new WireError('the record data is too short for its type');
  };
  const nameAt = (from: number): string => {
    const read = readName(bytes, from);
    if (read.end > end) throw new WireError('the name runs past its record');
    return read.name;
  };
  switch (typeName(type)) {
    case 'A':
      need(4);
      return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
    case 'AAAA':
      need(16);
      return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(at + 2 * i).toString(16)).join(':');
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return nameAt(at);
    case 'MX':
      need(3);
      return { preference: bytes.readUInt16BE(at), exchange: nameAt(at + 2) };
    case 'SRV':
      need(7);
      return { priority: bytes.readUInt16BE(at), weight: bytes.readUInt16BE(at + 2), port: bytes.readUInt16BE(at + 4), target: nameAt(at + 6) };
    case 'SOA': {
      const mname = readName(bytes, at);
      const rname = readName(bytes, mname.end);
      const rest = rname.end;
      if (rest + 20 > end) throw new WireError('the record data is too short for its type');
      const number = (i: number): number => bytes.readUInt32BE(rest + 4 * i);
      return { mname: mname.name, rname: rname.name, serial: number(0), refresh: number(1), retry: number(2), expire: number(3), minimum: number(4) };
    }
    case 'TXT': {
      const texts: string[] = [];
      for (let from = at; from < end; ) {
        const size = bytes[from]!;
        if (from + 1 + size > end) throw new WireError('the text runs past its record');
        texts.push(bytes.toString('latin1', from + 1, from + 1 + size));
        from += 1 + size;
      }
      return texts;
    }
    default:
      return Buffer.from(bytes.subarray(at, end));
  }
}
