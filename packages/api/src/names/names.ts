const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${label}(\\.${label})*$`);
const label1035Pattern = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPattern = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValuePattern = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** Checks a name; an empty list means that it is good. The texts are the ones that Kubernetes clients know. */
export type NameCheck = (value: string) => readonly string[];

/** Names are checked on every write and almost always good: that path allocates nothing. */
const good: readonly string[] = Object.freeze([]);

function unlessGood(pattern: RegExp, limit: number, explain: NameCheck): NameCheck {
  return (value) => (value.length <= limit && pattern.test(value) ? good : explain(value));
}

/** At most 253 characters: most object names. */
export const checkDns1123Subdomain: NameCheck = unlessGood(subdomainPattern, 253, (value) => [
  ...tooLong(value, 253),
  ...unless(
    subdomainPattern.test(value),
    `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainPattern.source.slice(1, -1)}')`,
  ),
]);

/** At most 63 characters: namespaces, container names, volume names. */
export const checkDns1123Label: NameCheck = unlessGood(labelPattern, 63, (value) => [
  ...tooLong(value, 63),
  ...unless(
    labelPattern.test(value),
    subdomainPattern.test(value)
      ? 'must not contain dots'
      : `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
  ),
]);

/** At most 63 characters, starting with a letter: Service names. */
export const checkDns1035Label: NameCheck = unlessGood(label1035Pattern, 63, (value) => [
  ...tooLong(value, 63),
  ...unless(
    label1035Pattern.test(value),
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  ),
]);

/** Label and annotation keys: `name` or `prefix.example.org/name`. */
export const checkQualifiedName: NameCheck = unlessGood(qualifiedPattern, 63, (value) => {
  const parts = value.split('/');
  const form = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`;
  if (parts.length > 2) {
    return [
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  const errors: string[] = [];
  const name = parts.at(-1) as string;
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    errors.push(...(prefix === '' ? ['prefix part must be non-empty'] : checkDns1123Subdomain(prefix).map((text) => `prefix part ${text}`)));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push('name part must be no more than 63 bytes');
  if (!qualifiedPattern.test(name)) errors.push(form);
  return errors;
});

/** Label values: at most 63 characters, may be empty. */
export const checkLabelValue: NameCheck = unlessGood(labelValuePattern, 63, (value) => [
  ...tooLong(value, 63),
  ...unless(
    labelValuePattern.test(value),
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ),
]);

/** Path segments of URLs: RBAC names and others that may hold almost anything. */
export const checkPathSegment: NameCheck = (value) => {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
};

/** Names of container and service ports: at most 15 characters, with a letter. */
export const checkPortName: NameCheck = (value) => {
  const errors = [...(value.length > 15 ? ['must be no more than 15 characters'] : [])];
  if (!/^[-a-z0-9]+$/.test(value)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
};

/** Not a literal in the check: each call would make it anew, and pods have many variables. */
const envVarName = /^[ -<>-~]+$/;

/** Environment variable names; since 1.34 almost any printable ASCII. */
export const checkEnvVarName: NameCheck = (value) => {
  if (envVarName.test(value)) return good;
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};

/** Keys of ConfigMap and Secret data: file names. */
export const checkConfigMapKey: NameCheck = (value) => {
  const errors = [...tooLong(value, 253)];
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    errors.push("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
  } else if (value === '.') errors.push("must not be '.'");
  else if (value === '..') errors.push("must not be '..'");
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
};

function tooLong(value: string, limit: number): readonly string[] {
  return value.length > limit ? [`must be no more than ${limit} bytes`] : good;
}

function unless(holds: boolean, text: string): readonly string[] {
  return holds ? good : [text];
}
