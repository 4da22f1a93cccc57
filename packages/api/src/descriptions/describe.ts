import { descriptions } from '../../generated/descriptions.ts';

/** Text of a type and of each of its fields. */
export interface TypeDescription {
  readonly description: string;
  readonly fields: Readonly<Record<string, string>>;
}

type Wire = Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>>;
let texts: Wire | undefined;

/** Upstream's documentation of a built-in definition, or undefined. Parses 600 KB on first use: import lazily. */
export function describeDefinition(name: string): TypeDescription | undefined {
  texts ??= JSON.parse(descriptions) as Wire;
  const found = texts[name];
  return found === undefined ? undefined : { description: found[0], fields: found[1] };
}
