export { formatDuration, humanDuration, parseDuration } from './duration.ts';
export { canonicalMicroTime, canonicalTime, formatMicroTime, formatTime, parseTime } from './rfc3339.ts';
