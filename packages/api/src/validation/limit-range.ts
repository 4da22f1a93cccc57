import type { LimitRange, LimitRangeItem } from '../core/v1/index.ts';
import { checkQualifiedName } from '../names/index.ts';
import { compareQuantities, knownQuantity } from '../quantity/index.ts';
import type { Causes } from './causes.ts';
import { checkResourceName } from './resource-names.ts';
import { checkForm } from './rules.ts';

const standardTypes = ['Container', 'PersistentVolumeClaim', 'Pod'];
const parts = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

/** A LimitRange. */
export function checkLimitRange({ spec }: LimitRange, causes: Causes): void {
  const types = new Set<string>();
  for (const [index, item] of (spec?.limits ?? []).entries()) {
    const at = `spec.limits[${index}]`;
    const type = item.type ?? '';
    checkForm(type, `${at}.type`, checkQualifiedName, causes);
    if (type !== '' && !type.includes('/') && !standardTypes.includes(type)) causes.invalid(`${at}.type`, type, 'must be a standard limit type or fully qualified');
    if (types.has(type)) causes.duplicate(`${at}.type`, type);
    types.add(type);
    checkItem(item, at, causes);
  }
}

function checkItem(item: LimitRangeItem, field: string, causes: Causes): void {
  const place = item.type === 'Pod' || item.type === 'Container' ? 'container' : 'anywhere';
  const names = new Set<string>();
  for (const part of parts) {
    for (const name of Object.keys(item[part] ?? {})) {
      checkResourceName(name, place, `${field}.${part}[${name}]`, causes);
      names.add(name);
    }
  }
  if (item.type === 'Pod') {
    for (const part of ['default', 'defaultRequest'] as const) {
      if (Object.keys(item[part] ?? {}).length > 0) causes.forbidden(`${field}.${part}`, "may not be specified when `type` is 'Pod'");
    }
  }
  if (item.type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined) {
    causes.required(`${field}.limits`, 'either minimum or maximum storage value is required, but neither was provided');
  }
  for (const name of names) checkOrder(item, name, field, causes);
}

/** Pairs of amounts of which the first may not exceed the second, where the error stands, and how upstream names them. */
const orders = [
  ['min', 'max', 'min', 'min value', 'max value'],
  ['min', 'defaultRequest', 'defaultRequest', 'min value', 'default request value'],
  ['defaultRequest', 'max', 'defaultRequest', 'default request value', 'max value'],
  ['defaultRequest', 'default', 'defaultRequest', 'default request value', 'default limit value'],
  ['min', 'default', 'default', 'min value', 'default value'],
  ['default', 'max', 'default', 'default value', 'max value'],
] as const;

function checkOrder(item: LimitRangeItem, name: string, field: string, causes: Causes): void {
  const amounts = (part: (typeof parts)[number]): string | undefined => item[part]?.[name];
  for (const [lower, upper, place, lowerWords, upperWords] of orders) {
    const [low, high] = [amounts(lower), amounts(upper)];
    if (low === undefined || high === undefined || compareQuantities(knownQuantity(low), knownQuantity(high)) <= 0) continue;
    causes.invalid(`${field}.${place}[${name}]`, amounts(place), `${lowerWords} ${low} is greater than ${upperWords} ${high}`);
  }
  const [limit, request] = [amounts('default'), amounts('defaultRequest')];
  const exact = name.startsWith('hugepages-') || (name.includes('/') && !name.includes('kubernetes.io/'));
  if (exact && limit !== undefined && request !== undefined && limit !== request) {
    causes.invalid(`${field}.defaultRequest[${name}]`, request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`);
  }
  checkRatio(item, name, field, causes);
}

function checkRatio(item: LimitRangeItem, name: string, field: string, causes: Causes): void {
  const text = item.maxLimitRequestRatio?.[name];
  if (text === undefined) return;
  const at = `${field}.maxLimitRequestRatio[${name}]`;
  const amount = (value: string): number => Number(knownQuantity(value).nano);
  const ratio = amount(text) / 1e9;
  if (ratio < 1) causes.invalid(at, text, `ratio ${text} is less than 1`);
  const [min, max] = [item.min?.[name], item.max?.[name]];
  if (min === undefined || max === undefined || amount(min) === 0) return;
  const widest = amount(max) / amount(min);
  if (ratio > widest) causes.invalid(at, text, `ratio ${text} is greater than max/min = ${widest.toFixed(6)}`);
}
