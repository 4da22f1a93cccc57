import { LineCounter, parseDocument, type Document } from 'yaml';
import { describeIssue, nearest, type Problem } from '@keelson/kernel/host';
import type { Plugin } from '@keelson/sdk';
import { mergeConfig, type Listed, type ResolvedDistribution } from './resolve.ts';

/**
 * Applies deployment settings (addresses, certificates, sizes) over a distribution's own configuration:
 * `plugins: { <name>: { <key>: <value> } }`; the scope `@keelson/` may be left out of a name.
 * @returns the distribution with the settings merged in, and a problem with file and line for each setting that is wrong
 */
export function applySettings(resolved: ResolvedDistribution, text: string, file: string): ResolvedDistribution {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: Problem[] = document.errors.map((error) => ({ code: 'KEEL_BAD_SETTINGS', place: `${file}:${lines.linePos(error.pos[0]).line}`, what: error.message.split('\n')[0]!.replace(/ at line.*$/, '').replace(/^./, (first) => first.toLowerCase()), remedy: 'correct the YAML' }));
  if (problems.length > 0) return { ...resolved, problems: [...resolved.problems, ...problems] };
  const place = (path: readonly PropertyKey[]): string => `${file}:${lineOf(document, lines, path)}`;
  const settings = (document.toJS() ?? {}) as unknown;
  const plugins = new Map(resolved.plugins);
  if (!isMap(settings)) return failed(resolved, [{ code: 'KEEL_BAD_SETTINGS', place: file, what: 'must be a map', remedy: 'write for example: plugins: { runtime-sim: { … } }' }]);
  for (const key of Object.keys(settings)) {
    if (key !== 'plugins') problems.push({ code: 'KEEL_BAD_SETTINGS', place: place([key]), what: `${key}: unknown key`, remedy: 'settings of a plugin go under "plugins"' });
  }
  const given = settings['plugins'] ?? {};
  if (!isMap(given)) return failed(resolved, [...problems, { code: 'KEEL_BAD_SETTINGS', place: place(['plugins']), what: 'plugins: must be a map from plugin names to their settings' }]);
  for (const [key, value] of Object.entries(given)) {
    const listed = plugins.get(key) ?? plugins.get(`@keelson/${key}`);
    if (listed === undefined) {
      problems.push(unknownPlugin(key, place(['plugins', key]), resolved));
      continue;
    }
    const wrong = checkSettings(listed.plugin, listed.config, value, key, place);
    problems.push(...wrong);
    if (wrong.length === 0) plugins.set(listed.plugin.name, withSettings(listed, value, place(['plugins', key])));
  }
  return { ...resolved, plugins, problems: [...resolved.problems, ...problems] };
}

function withSettings(listed: Listed, value: unknown, place: string): Listed {
  return { ...listed, config: mergeConfig(listed.config, value), why: [...listed.why, `settings configure it (${place})`], place };
}

/** Only what the settings themselves say is judged here; what is missing still, the host reports. */
function checkSettings(plugin: Plugin, config: unknown, value: unknown, key: string, place: (path: readonly PropertyKey[]) => string): readonly Problem[] {
  if (value === null) return [];
  const at = ['plugins', key];
  if (!isMap(value)) return [{ code: 'KEEL_BAD_SETTINGS', place: place(at), what: `plugins.${key}: must be a map of settings` }];
  if (plugin.config === undefined) return Object.keys(value).length === 0 ? [] : [{ code: 'KEEL_BAD_SETTINGS', place: place(at), what: `plugins.${key}: the plugin takes no configuration`, remedy: 'take it out' }];
  const merged = mergeConfig(config, value);
  const result = plugin.config.safeParse(merged);
  if (result.success) return [];
  const shape = (plugin.config as { shape?: Readonly<Record<string, unknown>> }).shape;
  return result.error.issues.flatMap((issue) => {
    const owner = issue.code === 'unrecognized_keys' ? issue.keys.find((unknown) => issue.path.length > 0 || unknown in value) : issue.path[0];
    if (owner === undefined || (issue.path.length > 0 && !(String(issue.path[0]) in value))) return [];
    const path = issue.code === 'unrecognized_keys' ? [...at, ...issue.path, owner] : [...at, ...issue.path];
    return describeIssue(issue as Parameters<typeof describeIssue>[0], merged, shape === undefined ? {} : { shape }).map(({ what, remedy }) => ({ code: 'KEEL_BAD_SETTINGS' as const, place: place(path), what: `plugins.${key}.${what}`, ...(remedy === undefined ? {} : { remedy }) }));
  });
}

function unknownPlugin(key: string, place: string, { plugins, absent, name }: ResolvedDistribution): Problem {
  const gone = absent.find(({ plugin }) => plugin.name === key || plugin.name === `@keelson/${key}`);
  const near = nearest(key, [...plugins.keys()].flatMap((known) => [known, known.replace('@keelson/', '')]));
  return {
    code: 'KEEL_BAD_SETTINGS',
    place,
    what: `plugins.${key}: no such plugin in distribution ${name}`,
    ...(gone === undefined ? {} : { cause: `${gone.plugin.name} ${gone.why}` }),
    remedy: near === undefined ? 'take it out, or add the plugin to the distribution' : `did you mean "${near}"?`,
  };
}

function failed(resolved: ResolvedDistribution, problems: readonly Problem[]): ResolvedDistribution {
  return { ...resolved, problems: [...resolved.problems, ...problems] };
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const items = (parent as { items?: readonly { key?: { value?: unknown; range?: readonly number[] } | null }[] } | undefined)?.items ?? [];
    const range = items.find((item) => item.key?.value === path[length - 1])?.key?.range;
    if (range !== undefined) return lines.linePos(range[0]!).line;
  }
  return 1;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
