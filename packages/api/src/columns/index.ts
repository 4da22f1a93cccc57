export { summarizePod, type PodSummary } from './pod-status.ts';
export { fallbackPrinter, printerOf } from './printers.ts';
export { since, type Cell, type Column, type Printer } from './table.ts';
