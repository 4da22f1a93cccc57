import { mayFill, type AbsentPlugin, type Problem } from '@keelson/kernel/host';
import type { Plugin, Requirement } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { Authenticators, Authorizers } from '@keelson/sdk/auth';

/** Points that the kernel takes from, whatever the distribution lists. */
export const kernelPoints = Object.freeze([AdmissionHandlers, Authenticators, Authorizers]);

/**
 * Points that only a plugin took from which is gone, while others that fill them stay: these would start, and nothing
 * would ever call them. Controllers without the runner are the common case.
 */
export function idleContributions(plugins: readonly Plugin[], absent: readonly AbsentPlugin[]): readonly Problem[] {
  const taken = new Set([...kernelPoints.map(({ key }) => key), ...plugins.flatMap(pointsTaken)]);
  const told = new Set<string>();
  return absent.flatMap(({ plugin: gone, why }) =>
    pointsTaken(gone).flatMap((key): Problem[] => {
      const idle = plugins.filter((plugin) => mayFill(plugin, key)).map(({ name }) => name).sort();
      if (taken.has(key) || told.has(key) || idle.length === 0) return [];
      told.add(key);
      return [{
        code: 'KEEL_MISSING_PROVIDER',
        place: key,
        what: `has nobody who takes from it, but ${idle.length === 1 ? 'a plugin that fills it' : `${idle.length} plugins that fill it`}`,
        cause: `${gone.name}, which did, ${why}\nwithout it would do nothing: ${idle.join(', ')}`,
        remedy: `keep ${gone.name}, replace it, or remove these as well`,
      }];
    }),
  );
}

function pointsTaken(plugin: Plugin): readonly string[] {
  const requirements = Object.values((plugin.requires ?? {}) as Readonly<Record<string, Requirement>>);
  // The key of a live point is that of the point.
  return requirements.flatMap((requirement) => (requirement.tokenKind === 'point' || requirement.tokenKind === 'live' ? [requirement.key] : []));
}
