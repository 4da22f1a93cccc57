import type { LogOptions } from '@keelson/sdk/runtime';

/** One line of a CRI log: `time stream tag text`. */
export interface LogRecord {
  /** RFC 3339 with nine digits of a second, as clients see it. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** Its text goes on in the next record of the same stream. */
  readonly partial: boolean;
  readonly text: string;
}

/** Undefined for a damaged line. */
export function parseLogLine(line: string): LogRecord | undefined {
  const match = /^(\S+) (stdout|stderr) ([PF])(?::\S*)? ?([\s\S]*)$/.exec(line);
  if (match === null) return undefined;
  const [, time = '', stream, tag, text = ''] = match;
  return { time: nineDigits(time), stream: stream as LogRecord['stream'], partial: tag === 'P', text };
}

/** Text of a record for a client, or '' if the options leave it out. A partial record has no end of line. */
export function formatRecord(record: LogRecord, { timestamps, stream, sinceTime }: LogOptions): string {
  if ((stream === 'Stdout' && record.stream !== 'stdout') || (stream === 'Stderr' && record.stream !== 'stderr')) return '';
  if (sinceTime !== undefined && !(Date.parse(record.time) >= sinceTime)) return '';
  return `${timestamps === true ? `${record.time} ` : ''}${record.text}${record.partial ? '' : '\n'}`;
}

/** containerd leaves zeros at the end out; clients expect a fixed width. */
function nineDigits(time: string): string {
  const match = /^(.*:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time);
  return match === null ? time : `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}${match[3]}`;
}
