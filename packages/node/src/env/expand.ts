/** Expands `$(NAME)` from `values`; unknown references stay as they are, `$$` is a literal `$` (upstream's rules). */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) => (match === '$$' ? '$' : (values.get(name ?? '') ?? match)));
}
