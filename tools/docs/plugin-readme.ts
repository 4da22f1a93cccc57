/** The sections of a plugin's README, in the order of a manual page. */
export const sectionOrder = ['Name', 'Description', 'Configuration', 'Examples', 'Extension points', 'Permissions', 'Kinds', 'Readiness', 'Metrics', 'Traces', 'Bugs', 'See also'] as const;

/** A README taken apart. */
export interface PluginReadme {
  readonly title: string;
  /** By heading, in order of appearance. */
  readonly sections: ReadonlyMap<string, string>;
  /** Texts of the fenced `ts distribution` blocks. */
  readonly distributions: readonly string[];
}

export function parseReadme(text: string): PluginReadme {
  const plain = text.replace(/^```[^]*?^```$/gm, ''); // headings inside of examples are none
  const title = /^# (.*)$/m.exec(plain)?.[1] ?? '';
  const parts = plain.split(/^## (.*)$/m).slice(1);
  const sections = new Map<string, string>();
  for (let at = 0; at < parts.length; at += 2) sections.set(parts[at]!.trim(), parts[at + 1]!.trim());
  return { title, sections, distributions: [...text.matchAll(/^```ts distribution\n([^]*?)^```$/gm)].map(([, body]) => body!) };
}

/** Rows of the first table of a section, without its head; cells trimmed. */
export function tableRows(section: string): readonly (readonly string[])[] {
  const lines = section.split('\n');
  const first = lines.findIndex((line) => /^\|[\s:|-]+\|$/.test(line));
  if (first < 0) return [];
  const end = lines.findIndex((line, at) => at > first && !line.startsWith('|'));
  return lines.slice(first + 1, end < 0 ? undefined : end).map((line) => line.replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim()));
}

/** What a cell lists between commas, without the marks of code and of lists. */
export function listed(cell: string): readonly string[] {
  return cell.replace(/[`'[\]]/g, '').split(',').map((item) => item.trim()).filter((item) => item !== '');
}
