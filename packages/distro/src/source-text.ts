/** The text of a distribution file, to point into. */
export interface SourceText {
  /** As messages show it: relative to where the user is. */
  readonly file: string;
  readonly text: string;
}

/** `file:line` where `name` stands in quotes, if possible below `section:`; the file alone where it cannot be known. */
export function placeOf(source: SourceText | undefined, name: string, section: string): string | undefined {
  if (source === undefined) return undefined;
  const { file, text } = source;
  const start = new RegExp(`\\b${section}\\s*:`).exec(text)?.index ?? 0;
  const quoted = new RegExp(`(['"\`])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\1`, 'g');
  quoted.lastIndex = start;
  const at = quoted.exec(text)?.index ?? importedName(text, name, start);
  return at === undefined ? file : `${file}:${lineAt(text, at)}`;
}

/** `file:line` where a field of the distribution is written; the file alone where it cannot be found. */
export function fieldPlace(source: SourceText | undefined, field: string): string | undefined {
  if (source === undefined) return undefined;
  const at = new RegExp(`(?<![.\\w])(['"]?)${field.replace(/[^\w]/g, '\\$&')}\\1\\s*:`).exec(source.text)?.index;
  return at === undefined ? source.file : `${source.file}:${lineAt(source.text, at)}`;
}

/** Where, from `start` on, the variable is used that the package `name` was imported as. */
function importedName(text: string, name: string, start: number): number | undefined {
  const imported = new RegExp(`import\\s+(\\w+)\\s+from\\s+(['"])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\2`).exec(text);
  if (imported === null) return undefined;
  const uses = new RegExp(`\\b${imported[1]!}\\b`, 'g');
  uses.lastIndex = Math.max(start, imported.index + imported[0].length);
  return uses.exec(text)?.index ?? imported.index;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
