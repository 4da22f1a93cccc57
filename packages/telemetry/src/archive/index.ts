export { TraceArchive } from './trace-archive.ts';
export type { TraceArchiveOptions } from './trace-archive.ts';
