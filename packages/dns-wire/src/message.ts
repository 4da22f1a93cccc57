import type { DnsRcode, DnsRecord, DnsRecordType } from '@keelson/sdk/dns';

/** The one question of a query. */
export interface Question {
  readonly name: string;
  readonly type: DnsRecordType;
  /** 1: Internet. */
  readonly class: number;
}

/** What EDNS(0) said. */
export interface Edns {
  /** Largest answer that the other side takes by UDP, bytes. */
  readonly udpSize: number;
  readonly version: number;
  /** Wants DNSSEC records. */
  readonly dnssecOk: boolean;
}

/** A query as it came. */
export interface QueryMessage {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  readonly question: Question;
  /** The question's bytes, which an answer repeats in the case in which it was asked. */
  readonly rawQuestion: Uint8Array;
  readonly edns: Edns | undefined;
}

/** An answer of another server. */
export interface AnswerMessage {
  readonly id: number;
  readonly question: Question | undefined;
  readonly rcode: DnsRcode;
  readonly authoritative: boolean;
  /** There is more: ask by TCP. */
  readonly truncated: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}
