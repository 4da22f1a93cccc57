import { token } from './token.ts';

/** The only source of chance (not for keys or secrets: those come from the platform's secure generator). */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
  /** RFC 9562 version 4 shape. */
  uuid(): string;
  /** An independent stream, reproducible from this one's seed and the label. */
  fork(label: string): Random;
}

export const Random = token<Random>('keelson.random');
