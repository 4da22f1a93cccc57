import { definedIn } from '@keelson/sdk';
import { activeOwner } from '@keelson/telemetry';
import type { Unit } from './unit.ts';

/**
 * The plugin that an error came from which nobody caught: by the span that was active when it was thrown, else by the
 * innermost frame of its stack that is in a file (or below the folder) where one plugin alone is defined.
 */
export function culprit(error: Error, units: readonly Unit[]): Unit | undefined {
  const owner = activeOwner();
  const active = owner === undefined ? undefined : units.find(({ name }) => name === owner);
  if (active !== undefined) return active;
  const homes = units.map((unit) => ({ unit, file: pathOf(definedIn(unit.plugin)) })).filter((home): home is { unit: Unit; file: string } => home.file !== undefined);
  for (const frame of (error.stack ?? '').split('\n')) {
    const file = pathOf(/((?:file:|\/)[^()]*?):\d+:\d+\)?$/.exec(frame)?.[1]);
    if (file === undefined) continue;
    const near = [homes.filter((home) => home.file === file), homes.filter((home) => file.startsWith(folderOf(home.file)))].find(({ length }) => length > 0);
    if (near?.length === 1) return near[0]!.unit;
  }
  return undefined;
}

function pathOf(place: string | undefined): string | undefined {
  return place?.replace(/^file:\/\//, '').replace(/\?.*$/, '');
}

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/') + 1);
