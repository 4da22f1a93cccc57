import type { ContainerConfig } from '@keelson/sdk/runtime';

/** What a process gets besides the container's own variables: nothing of the agent's environment goes through. */
export interface EnvBasis {
  readonly path: string;
  readonly home: string;
  readonly hostname: string;
}

/** The whole environment of a process: PATH, HOME, HOSTNAME, then the container's variables, which win. */
export function containerEnv({ env }: Pick<ContainerConfig, 'env'>, { path, home, hostname }: EnvBasis): Record<string, string> {
  return { PATH: path, HOME: home, HOSTNAME: hostname, ...Object.fromEntries(env.map(({ name, value }) => [name, value])) };
}
