import type { LabelSelector } from '../meta/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkLabelValue, checkQualifiedName, type NameCheck } from '../names/index.ts';
import type { Causes } from './causes.ts';

/** Upstream's words for a field that only create may set. */
export const immutable = 'field is immutable';

/** Required, and of the form that `check` wants. */
export function checkName(value: string | undefined, field: string, check: NameCheck, causes: Causes): void {
  if (value === undefined || value === '') causes.required(field);
  else checkForm(value, field, check, causes);
}

/** Each message of `check` is one cause. */
export function checkForm(value: string, field: string, check: NameCheck, causes: Causes): void {
  for (const message of check(value)) causes.invalid(field, value, message);
}

/** One of the supported values; absent is an error only when `required`. */
export function checkEnum(value: string | undefined, field: string, supported: readonly string[], causes: Causes, required = false): void {
  if (value === undefined || value === '') {
    if (required) causes.required(field);
  } else if (!supported.includes(value)) causes.notSupported(field, value, supported);
}

/** Zero or more. */
export function checkNonNegative(value: number | undefined, field: string, causes: Causes): void {
  if (value !== undefined && value < 0) causes.invalid(field, value, 'must be greater than or equal to 0');
}

/** One or more. */
export function checkPositive(value: number | undefined, field: string, causes: Causes): void {
  if (value !== undefined && value <= 0) causes.invalid(field, value, 'must be greater than 0');
}

/** Between the limits, which are allowed themselves. */
export function checkRange(value: number | undefined, field: string, [low, high]: readonly [number, number], causes: Causes): void {
  if (value !== undefined && (value < low || value > high)) causes.invalid(field, value, `must be between ${low} and ${high}, inclusive`);
}

/** A port number. */
export function checkPort(value: number | undefined, field: string, causes: Causes): void {
  checkRange(value, field, [1, 65_535], causes);
}

/** Keys and values of labels. */
export function checkLabels(labels: Readonly<Record<string, string>> | undefined, field: string, causes: Causes): void {
  for (const key in labels) {
    checkForm(key, field, checkQualifiedName, causes);
    checkForm(labels[key] as string, field, checkLabelValue, causes);
  }
}

/** Operators and values of a LabelSelector. */
export function checkSelector(selector: LabelSelector | undefined, field: string, causes: Causes): void {
  if (selector === undefined) return;
  checkLabels(selector.matchLabels, `${field}.matchLabels`, causes);
  for (const [index, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if ((values ?? []).length === 0) causes.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if ((values ?? []).length > 0) causes.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else causes.invalid(`${at}.operator`, operator, 'not a valid selector operator');
    checkForm(key, `${at}.key`, checkQualifiedName, causes);
    for (const [position, value] of (values ?? []).entries()) checkForm(value, `${at}.values[${position}]`, checkLabelValue, causes);
  }
}

/** True when the selector has no requirement. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/** A field that an update may not change. */
export function checkImmutable(next: unknown, old: unknown, field: string, causes: Causes, detail = immutable): void {
  if (!isEqual(next, old)) causes.invalid(field, next, detail);
}

/** A number, or a percentage. */
export function checkCountOrPercent(value: number | string | undefined, field: string, causes: Causes, limit100 = false): void {
  if (value === undefined) return;
  if (typeof value === 'number') checkNonNegative(value, field, causes);
  else if (!/^\d+%$/.test(value)) causes.invalid(field, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
  else if (limit100 && Number(value.slice(0, -1)) > 100) causes.invalid(field, value, 'must not be greater than 100%');
}

/** An IPv4 or IPv6 address in text. */
export function isAddress(text: string): boolean {
  return isAddressV4(text) || isAddressV6(text);
}

/** Dotted decimal without leading zeros. */
export function isAddressV4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** Colon form, `::` at most once, an IPv4 tail allowed. */
export function isAddressV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  let count = groups.length;
  const last = groups.at(-1);
  if (last?.includes('.') === true) {
    if (!isAddressV4(last)) return false;
    groups.pop();
    count++;
  }
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
}

/** Address and prefix length. */
export function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return false;
  return (isAddressV4(address) && Number(length) <= 32) || (isAddressV6(address) && Number(length) <= 128);
}

/** Upstream's words for a malformed address. */
export const notAnAddress = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
/** Upstream's words for a malformed network. */
export const notACidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
