import { formatQuantity, parseQuantity, quantityMilli, quantityUnits, type Quantity } from './quantity.ts';

/** Amounts repeat endlessly in a cluster; the bound keeps hostile input from growing the tables. */
const limit = 4096;

function remembered<T>(compute: (text: string) => T): (text: string | number) => T {
  const known = new Map<string, T>();
  return (input) => {
    const text = String(input);
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = compute(text);
    if (known.size >= limit) known.clear();
    known.set(text, value);
    return value;
  };
}

/** As parseQuantity, remembering what it has parsed; throws QuantityError. */
export const knownQuantity: (text: string | number) => Quantity = remembered(parseQuantity);

/** Canonical text of a quantity: `1000m` is `1`, `0.5` is `500m`; throws QuantityError. */
export const canonicalQuantity: (text: string | number) => string = remembered((text) => formatQuantity(parseQuantity(text)));

/** Units of a quantity's text, rounded up: bytes of `1Gi`; throws QuantityError. */
export const unitsOf: (text: string | number) => number = remembered((text) => quantityUnits(parseQuantity(text)));

/** Thousandths of a quantity's text, rounded up: millicores of `1500m`; throws QuantityError. */
export const milliOf: (text: string | number) => number = remembered((text) => quantityMilli(parseQuantity(text)));
