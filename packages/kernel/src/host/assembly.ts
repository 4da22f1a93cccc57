import type { HostOptions, OrderRule } from './options.ts';
import type { Points } from './points.ts';
import type { KernelContainer } from './wiring/kernel-container.ts';

/** What configuring works on. */
export interface Assembly {
  readonly options: HostOptions;
  readonly order: ReadonlyMap<string, OrderRule>;
  readonly points: Points;
  readonly container: KernelContainer;
}
