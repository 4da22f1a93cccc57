import type { LogOptions } from '@keelson/sdk/runtime';

/** One record of a CRI log file. */
export interface LogRecord {
  readonly time: string;
  readonly stream: string;
  readonly partial: boolean;
  readonly text: string;
}

/** Parses `time stream tag text`; undefined for a damaged line. */
export function parseLogLine(line: string): LogRecord | undefined {
  const match = /^(\S+) (stdout|stderr) ([PF])(?::\S*)? ?([\s\S]*)$/.exec(line);
  if (match === null) return undefined;
  const [, time = '', stream = '', tag, text = ''] = match;
  return { time, stream, partial: tag === 'P', text };
}

/** Text of a record for a client, or '' if the options leave it out. A partial line has no end of line. */
export function formatRecord(record: LogRecord, { timestamps, stream, sinceTime }: LogOptions): string {
  if ((stream === 'Stdout' && record.stream !== 'stdout') || (stream === 'Stderr' && record.stream !== 'stderr')) return '';
  if (sinceTime !== undefined && Date.parse(record.time) < sinceTime) return '';
  return `${timestamps === true ? `${record.time} ` : ''}${record.text}${record.partial ? '' : '\n'}`;
}
