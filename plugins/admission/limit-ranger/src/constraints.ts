import { canonicalQuantity, compareQuantities, parseQuantity } from '@keelson/api/quantity';

/** Amounts by resource name, as `resources.requests` and `resources.limits` hold them. */
export type Amounts = Readonly<Record<string, string>>;

/** What one bound of a limit range is held against. */
export interface Bound {
  /** `Container`, `Pod` or `PersistentVolumeClaim`. */
  readonly type: string;
  readonly resource: string;
  readonly enforced: string;
}

/** The violation of a minimum, as clients know its text; undefined when it is kept. */
export function minimum({ type, resource, enforced }: Bound, requests: Amounts, limits: Amounts): string | undefined {
  const text = `minimum ${resource} usage per ${type} is ${canonicalQuantity(enforced)}`;
  const request = requests[resource];
  const limit = limits[resource];
  if (request === undefined) return `${text}.  No request is specified`;
  if (less(request, enforced)) return `${text}, but request is ${canonicalQuantity(request)}`;
  if (limit !== undefined && less(limit, enforced)) return `${text}, but limit is ${canonicalQuantity(limit)}`;
  return undefined;
}

/** The violation of a maximum. */
export function maximum({ type, resource, enforced }: Bound, requests: Amounts, limits: Amounts): string | undefined {
  const text = `maximum ${resource} usage per ${type} is ${canonicalQuantity(enforced)}`;
  const request = requests[resource];
  const limit = limits[resource];
  if (limit === undefined) return `${text}.  No limit is specified`;
  if (less(enforced, limit)) return `${text}, but limit is ${canonicalQuantity(limit)}`;
  if (request !== undefined && less(enforced, request)) return `${text}, but request is ${canonicalQuantity(request)}`;
  return undefined;
}

/** The violation of a maximum where only requests exist: volume claims. */
export function maximumRequest({ type, resource, enforced }: Bound, requests: Amounts): string | undefined {
  const text = `maximum ${resource} usage per ${type} is ${canonicalQuantity(enforced)}`;
  const request = requests[resource];
  if (request === undefined) return `${text}.  No request is specified`;
  return less(enforced, request) ? `${text}, but request is ${canonicalQuantity(request)}` : undefined;
}

/** The violation of a maximal ratio of limit to request. */
export function ratio({ type, resource, enforced }: Bound, requests: Amounts, limits: Amounts): string | undefined {
  const text = `${resource} max limit to request ratio per ${type} is ${canonicalQuantity(enforced)}`;
  const request = nano(requests[resource]);
  const limit = nano(limits[resource]);
  if (request === 0n) return `${text}, but no request is specified or request is 0`;
  if (limit === 0n) return `${text}, but no limit is specified or limit is 0`;
  // limit / request > enforced, in whole numbers: quantities are kept in billionths.
  if (limit * 1_000_000_000n <= nano(enforced) * request) return undefined;
  return `${text}, but provided ratio is ${(Number(limit) / Number(request)).toFixed(6)}`;
}

function less(a: string, b: string): boolean {
  return compareQuantities(parseQuantity(a), parseQuantity(b)) < 0;
}

function nano(amount: string | undefined): bigint {
  return amount === undefined ? 0n : BigInt(parseQuantity(amount).nano);
}
