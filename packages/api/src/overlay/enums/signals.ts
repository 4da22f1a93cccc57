import type { ClosedSet } from './closed-set.ts';

const named = [
  'ABRT', 'ALRM', 'BUS', 'CHLD', 'CLD', 'CONT', 'FPE', 'HUP', 'ILL', 'INT', 'IO', 'IOT', 'KILL', 'PIPE', 'POLL', 'PROF', 'PWR', 'QUIT',
  'SEGV', 'STKFLT', 'STOP', 'SYS', 'TERM', 'TRAP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'USR1', 'USR2', 'VTALRM', 'WINCH', 'XCPU', 'XFSZ',
];
const realTime = [
  'RTMIN', ...Array.from({ length: 15 }, (_, index) => `RTMIN+${index + 1}`),
  'RTMAX', ...Array.from({ length: 14 }, (_, index) => `RTMAX-${index + 1}`),
];

/** Signals that may stop a container: Linux's names, the real-time ones counted from both ends. */
export const signals: ClosedSet = [...named, ...realTime].map((name) => `SIG${name}`).sort();
