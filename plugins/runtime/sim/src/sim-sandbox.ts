import type { SandboxConfig, SandboxStatus } from '@keelson/sdk/runtime';
import type { SimContainer } from './sim-container.ts';

/** A simulated sandbox; `config` lacks nothing that behaviour depends on. */
export interface SimSandbox {
  readonly config: Pick<SandboxConfig, 'annotations' | 'labels'>;
  status: SandboxStatus;
  readonly containers: Map<string, SimContainer>;
}
