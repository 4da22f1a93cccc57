/** Reads the values at one path of an object; none when the path leads nowhere. */
export type PathReader = (object: unknown) => readonly unknown[];

/** One step from a set of values to the next. */
type Step = (values: readonly unknown[]) => readonly unknown[];

/**
 * Compiles a path as CustomResourceDefinitions write them (`.spec.replicas`, `.metadata.labels['a.b/c']`, `.items[0]`,
 * `.spec.ports[*].name`, `.status.conditions[?(@.type=="Ready")].status`), with or without `{…}` around it.
 * Undefined when the text is no such path.
 */
export function compilePath(text: string): PathReader | undefined {
  const bare = text.trim().replace(/^\{(.*)\}$/s, '$1').replace(/^\$/, '');
  const steps: Step[] = [];
  let rest = bare;
  while (rest !== '') {
    const found = nextStep(rest);
    if (found === undefined) return undefined;
    steps.push(found.step);
    rest = rest.slice(found.length);
  }
  return (object) => steps.reduce<readonly unknown[]>((values, step) => step(values), [object]);
}

/** What follows a dot or stands in brackets. */
const forms: readonly (readonly [RegExp, (match: RegExpExecArray) => Step | undefined])[] = [
  [/^\.?\[\*\]|^\.\*/, () => (values) => values.flatMap(members)],
  [/^\.?\[(-?\d+)\]/, ([, index]) => (values) => values.flatMap((value) => (Array.isArray(value) ? present(value.at(Number(index))) : []))],
  [/^\.?\[(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")\]/, ([, single, double]) => member(unescape(single ?? double ?? ''))],
  [/^\.?\[\?\(\s*@((?:\.|\[)[^=!<>]*?)\s*(==|!=)\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^)\s]+)\s*\)\]/, ([, path, operator, literal]) => filter(path!, operator!, literal!)],
  [/^\.((?:\\.|[^.[\]\\{}*])+)/, ([, name]) => member(unescape(name!))],
];

function nextStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  for (const [form, make] of forms) {
    const match = form.exec(text);
    const step = match === null ? undefined : make(match);
    if (step !== undefined) return { step, length: match![0].length };
  }
  return undefined;
}

function member(name: string): Step {
  return (values) => values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? present(value[name]) : []));
}

function filter(path: string, operator: string, literal: string): Step | undefined {
  const read = compilePath(path);
  if (read === undefined) return undefined;
  const wanted = /^["']/.test(literal) ? unescape(literal.slice(1, -1)) : literal;
  const holds = (item: unknown): boolean => {
    const [found] = read(item);
    return found !== undefined && (String(found) === wanted) === (operator === '==');
  };
  return (values) => values.flatMap((value) => members(value).filter(holds));
}

function members(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return isObject(value) ? Object.values(value) : [];
}

function present(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value];
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
