import { canonicalQuantity, QuantityError } from '../quantity/index.ts';
import { canonicalMicroTime, canonicalTime } from '../time/index.ts';
import { fail, mismatch, type Decoder } from './decode-state.ts';

export const decodeString: Decoder = (value, state) => (typeof value === 'string' ? value : mismatch(value, state, 'string'));

export const decodeBoolean: Decoder = (value, state) => (typeof value === 'boolean' ? value : mismatch(value, state, 'bool'));

export const decodeInt32: Decoder = (value, state) =>
  typeof value === 'number' && (value | 0) === value ? value : mismatch(value, state, 'int32');

export const decodeInt64: Decoder = (value, state) =>
  typeof value === 'number' && Number.isInteger(value) ? value : mismatch(value, state, 'int64');

export const decodeNumber: Decoder = (value, state) => (typeof value === 'number' ? value : mismatch(value, state, 'float64'));

export const decodeIntOrString: Decoder = (value, state) =>
  typeof value === 'string' || (typeof value === 'number' && (value | 0) === value) ? value : mismatch(value, state, 'int32');

/** Stored in canonical form, as a Go server does when it encodes the parsed amount. */
export const decodeQuantity: Decoder = (value, state) => {
  if (typeof value !== 'string' && typeof value !== 'number') return mismatch(value, state, 'string');
  try {
    return canonicalQuantity(typeof value === 'string' ? value.trim() : value);
  } catch (error) {
    if (error instanceof QuantityError) return fail(state, error.message);
    throw error;
  }
};

/** Kept in UTC with whole seconds. */
export const decodeTime: Decoder = (value, state) => {
  if (typeof value !== 'string') return mismatch(value, state, 'string');
  return canonicalTime(value) ?? fail(state, timeError(value, '2006-01-02T15:04:05Z07:00'));
};

/** Kept in UTC with six decimals. */
export const decodeMicroTime: Decoder = (value, state) => {
  if (typeof value !== 'string') return mismatch(value, state, 'string');
  return canonicalMicroTime(value) ?? fail(state, timeError(value, '2006-01-02T15:04:05.000000Z07:00'));
};

function timeError(value: string, layout: string): string {
  return `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`;
}

/** Base64; line breaks are dropped. */
export const decodeBytes: Decoder = (value, state) => {
  if (typeof value !== 'string') return mismatch(value, state, '[]uint8');
  const clean = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
  if (clean.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(clean)) return clean;
  const bad = clean.search(/[^A-Za-z0-9+/]/);
  return fail(state, `illegal base64 data at input byte ${bad < 0 ? clean.length - (clean.length % 4) : bad}`);
};
