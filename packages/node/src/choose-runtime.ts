import { KeelsonError } from '@keelson/sdk';
import type { RuntimeProvider } from '@keelson/sdk/runtime';

/** The runtime of that name; throws with the names that there are. */
export function chooseRuntime(name: string, providers: Iterable<RuntimeProvider>): RuntimeProvider {
  const all = [...providers];
  const found = all.find((provider) => provider.name === name);
  if (found !== undefined) return found;
  const names = all.map((provider) => provider.name).join(', ') || 'none';
  throw new KeelsonError('KEEL_RUNTIME_UNKNOWN', `runtime ${name} is not in this distribution (there is: ${names}): add its plugin, or choose one of those`);
}
