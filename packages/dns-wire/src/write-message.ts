import { isIPv4, isIPv6 } from 'node:net';
import type { DnsAnswer, DnsRecord } from '@keelson/sdk/dns';
import type { QueryMessage } from './message.ts';
import { WireError, labelsOf } from './names.ts';
import type { RefusedQuery } from './read-message.ts';
import { internetClass, optType, rcodeNumber, typeNumber } from './record-types.ts';

/** What this server takes by UDP; the value that fits every network (https://www.dnsflagday.net/2020/). */
export const udpPayload = 1232;
const headerSize = 12;

/** The answer to something that could not be read as a query. */
export function writeRefusal({ id, opcode, recursionDesired, rcode }: RefusedQuery): Buffer {
  const bytes = Buffer.alloc(headerSize);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(0x8000 | (opcode << 11) | (recursionDesired ? 0x100 : 0) | rcodeNumber(rcode), 2);
  return bytes;
}

/** EDNS version that is not known: RFC 6891, section 6.1.3. */
export function writeBadVersion(query: QueryMessage): Buffer {
  const bytes = writeAnswer(query, { rcode: 'NOERROR', answers: [] }, udpPayload);
  // The upper bits of the code stand in the OPT record, which is the last: code 16.
  bytes[bytes.length - 6] = 1;
  return bytes;
}

/**
 * The bytes of an answer, at most `limit`: records that do not fit are left out, from the end, and an incomplete answer
 * section is marked as truncated.
 */
export function writeAnswer(query: QueryMessage, answer: DnsAnswer, limit: number): Buffer {
  const edns = query.edns !== undefined;
  const writer = new MessageWriter(limit - (edns ? 11 : 0));
  writer.question(query.rawQuestion, query.question.name);
  const counts = [0, 0, 0];
  const sections = [answer.answers, answer.authorities ?? [], answer.additionals ?? []];
  let whole = true;
  for (let section = 0; section < 3 && whole; section++) {
    for (const record of sections[section]!) {
      whole = writer.record(record);
      if (!whole) break;
      counts[section]!++;
    }
  }
  // What is missing from the additional section may be missing; in the others the client has to know.
  const truncated = !whole && (counts[0]! < sections[0]!.length || counts[1]! < sections[1]!.length);
  const flags = 0x8000 | (query.opcode << 11) | (answer.authoritative === true ? 0x400 : 0) | (truncated ? 0x200 : 0) |
    (query.recursionDesired ? 0x100 : 0) | 0x80 | (query.checkingDisabled ? 0x10 : 0) | rcodeNumber(answer.rcode);
  return writer.finish(query.id, flags, counts, edns ? { dnssecOk: query.edns.dnssecOk } : undefined);
}

/** A query for another server. `id` should be hard to guess. */
export function writeQuery(id: number, name: string, type: number): Buffer {
  const labels = labelsOf(name);
  const question = Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0, type >> 8, type & 0xff, 0, internetClass])]);
  const writer = new MessageWriter(65_535);
  writer.question(question, name);
  const bytes = writer.finish(id, 0x100, [0, 0, 0], { dnssecOk: false });
  return bytes;
}

/** Grows from one buffer that all messages of the process share; what is finished is copied out. */
const scratch = Buffer.allocUnsafe(65_535);

class MessageWriter {
  #at = headerSize;
  readonly #limit: number;
  /** Where names, and the ends of names, stand already. */
  readonly #offsets = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  question(raw: Uint8Array, name: string): void {
    scratch.set(raw, this.#at);
    this.#remember(name, this.#at);
    this.#at += raw.length;
  }

  /** False, with nothing written, where it does not fit. */
  record(record: DnsRecord): boolean {
    const before = this.#at;
    this.#name(record.name);
    const head = this.#at;
    this.#at += 10;
    if (this.#at <= this.#limit) this.#data(record);
    if (this.#at > this.#limit) {
      this.#at = before;
      for (const [name, at] of this.#offsets) if (at >= before) this.#offsets.delete(name);
      return false;
    }
    scratch.writeUInt16BE(typeNumber(record.type), head);
    scratch.writeUInt16BE(internetClass, head + 2);
    scratch.writeUInt32BE(record.ttl >>> 0, head + 4);
    scratch.writeUInt16BE(this.#at - head - 10, head + 8);
    return true;
  }

  finish(id: number, flags: number, counts: readonly number[], edns: { readonly dnssecOk: boolean } | undefined): Buffer {
    scratch.writeUInt16BE(id, 0);
    scratch.writeUInt16BE(flags, 2);
    scratch.writeUInt16BE(1, 4);
    scratch.writeUInt16BE(counts[0]!, 6);
    scratch.writeUInt16BE(counts[1]!, 8);
    scratch.writeUInt16BE(counts[2]! + (edns === undefined ? 0 : 1), 10);
    if (edns !== undefined) {
      scratch[this.#at] = 0;
      scratch.writeUInt16BE(optType, this.#at + 1);
      scratch.writeUInt16BE(udpPayload, this.#at + 3);
      scratch.writeUInt32BE(edns.dnssecOk ? 0x8000 : 0, this.#at + 5);
      scratch.writeUInt16BE(0, this.#at + 9);
      this.#at += 11;
    }
    return Buffer.from(scratch.subarray(0, this.#at));
  }

  #name(name: string): void {
    let rest = name;
    const labels = labelsOf(name);
    // With escapes the text's dots are not the labels' ends: such a name is written out.
    const compressible = !name.includes('\\');
    for (const label of labels) {
      const known = compressible ? this.#offsets.get(rest) : undefined;
      if (known !== undefined) return this.#u16(0xc000 | known);
      if (compressible && this.#at < 0x4000) this.#offsets.set(rest, this.#at);
      this.#need(label.length + 1);
      scratch[this.#at++] = label.length;
      this.#at += label.copy(scratch, this.#at);
      rest = rest.slice(label.length + 1);
    }
    this.#need(1);
    scratch[this.#at++] = 0;
  }

  #remember(name: string, at: number): void {
    if (name === '' || name.includes('\\')) return;
    let rest = name;
    for (let offset = at; rest !== ''; ) {
      this.#offsets.set(rest, offset);
      const dot = rest.indexOf('.');
      if (dot < 0) return;
      offset += dot + 1;
      rest = rest.slice(dot + 1);
    }
  }

  #data({ type, data, name }: DnsRecord): void {
    if (data instanceof Uint8Array) return this.#bytes(data);
    switch (type) {
      case 'A':
        return this.#bytes(ipv4(data as string, name));
      case 'AAAA':
        return this.#bytes(ipv6(data as string, name));
      case 'NS':
      case 'CNAME':
      case 'PTR':
        return this.#name(data as string);
      case 'TXT':
        for (const text of typeof data === 'string' ? [data] : (data as readonly string[])) {
          const bytes = Buffer.from(text, 'latin1');
          if (bytes.length > 255) throw new WireError(`a text of ${name} has ${bytes.length} bytes, at most 255 are possible`);
          this.#need(1);
          scratch[this.#at++] = bytes.length;
          this.#bytes(bytes);
        }
        return;
      case 'SRV': {
        const srv = data as { readonly priority: number; readonly weight: number; readonly port: number; readonly target: string };
        this.#u16(srv.priority);
        this.#u16(srv.weight);
        this.#u16(srv.port);
        return this.#name(srv.target);
      }
      case 'MX': {
        const mx = data as { readonly preference: number; readonly exchange: string };
        this.#u16(mx.preference);
        return this.#name(mx.exchange);
      }
      case 'SOA': {
        const soa = data as { readonly mname: string; readonly rname: string; readonly serial: number; readonly refresh: number; readonly retry: number; readonly expire: number; readonly minimum: number };
        this.#name(soa.mname);
        this.#name(soa.rname);
        this.#need(20);
        for (const number of [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum]) this.#at = scratch.writeUInt32BE(number >>> 0, this.#at);
        return;
      }
      default:
        throw new WireError(`a record of type ${type} needs its data as bytes (${name})`);
    }
  }

  #u16(value: number): void {
    this.#need(2);
    this.#at = scratch.writeUInt16BE(value, this.#at);
  }

  #bytes(bytes: Uint8Array): void {
    this.#need(bytes.length);
    scratch.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** The largest message is as large as the buffer, less what EDNS adds. */
  #need(size: number): void {
    if (this.#at + size > scratch.length - 11) throw new WireError('the answer is larger than a DNS message can be');
  }
}

function ipv4(address: string, name: string): Uint8Array {
  if (!isIPv4(address)) throw new WireError(`${JSON.stringify(address)} of ${name} is no IPv4 address`);
  return Uint8Array.from(address.split('.'), Number);
}

function ipv6(address: string, name: string): Uint8Array {
  if (!isIPv6(address) || address.includes('%')) throw new WireError(`${JSON.stringify(address)} of ${name} is no IPv6 address`);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const tail = dotted === null ? undefined : dotted[2]!.split('.').map(Number);
  const text = tail === undefined ? address : `${dotted![1]}${((tail[0]! << 8) | tail[1]!).toString(16)}:${((tail[2]! << 8) | tail[3]!).toString(16)}`;
  const [left = '', right] = text.split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => parseInt(word, 16)));
  const before = words(left);
  const after = words(right ?? '');
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}
