import type { Plugin } from '@keelson/sdk';
import type { Problem } from './problem.ts';

const packageName = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
const semver = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const requirementKinds: readonly unknown[] = ['token', 'optional', 'point', 'live'];

/** What is wrong with a plugin's manifest; plugins written in JavaScript reach this point unchecked. */
export function checkManifest(value: unknown, place: string | undefined): readonly Problem[] {
  const where = place ?? 'distribution';
  if (typeof value !== 'object' || value === null) {
    return [{ code: 'KEEL_BAD_MANIFEST', place: where, what: `lists ${value === null ? 'null' : `a ${typeof value}`} where a plugin is due`, remedy: 'import the default export of the plugin and list it with use(plugin, config)' }];
  }
  const plugin = value as Partial<Plugin>;
  const name = typeof plugin.name === 'string' && plugin.name !== '' ? plugin.name : where;
  const wrong: string[] = [];
  if (typeof plugin.name !== 'string' || !packageName.test(plugin.name)) wrong.push('name must be an npm package name');
  if (typeof plugin.version !== 'string' || !isSemanticVersion(plugin.version)) wrong.push('version must be a semantic version, equal to package.json');
  if (typeof plugin.kind !== 'string' || plugin.kind === ('' as string)) wrong.push('kind must name the main extension point');
  if (typeof plugin.summary !== 'string' || plugin.summary === '' || /\n|\.$/.test(plugin.summary)) wrong.push('summary must be one line without a full stop');
  if (typeof plugin.setup !== 'function') wrong.push('setup must be a function');
  if (plugin.config !== undefined && typeof (plugin.config as { safeParse?: unknown }).safeParse !== 'function') wrong.push('config must be a zod schema');
  for (const [field, requirement] of Object.entries((plugin.requires ?? {}) as Record<string, { tokenKind?: unknown } | undefined>)) {
    if (field === 'config') wrong.push('requires.config is taken by the configuration');
    else if (!requirementKinds.includes(requirement?.tokenKind)) wrong.push(`requires.${field} must be a token or an extension point`);
  }
  for (const provided of plugin.provides ?? []) {
    const kind = (provided as { tokenKind?: unknown } | undefined)?.tokenKind;
    if (kind !== 'token' && kind !== 'point') wrong.push('provides must list tokens and extension points');
  }
  return wrong.map((what) => ({ code: 'KEEL_BAD_MANIFEST', place: name, what }));
}

/** True for `1.0.0`, `1.0.0-rc.1+build`: three numbers, as semver has it. */
export function isSemanticVersion(text: string): boolean {
  return semver.test(text);
}

/** True if a plugin of this kind may fill the point without listing it: `controller` implies `keelson.controllers`. */
export function impliedByKind(kind: string, pointKey: string): boolean {
  const prefix = `keelson.${kind}`;
  return pointKey === prefix || pointKey === `${prefix}s` || pointKey.startsWith(`${prefix}.`) || pointKey.startsWith(`${prefix}s.`);
}

/** True if the manifest allows a contribution to the point. */
export function mayFill(plugin: Plugin, pointKey: string): boolean {
  return impliedByKind(plugin.kind, pointKey) || (plugin.provides ?? []).some((provided) => provided.tokenKind === 'point' && provided.key === pointKey);
}
