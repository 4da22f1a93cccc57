import type { KubeObject } from '@keelson/api';

/** A stored or answered object, in the shape that handlers work on. */
export type MutableObject = KubeObject & Record<string, unknown>;
