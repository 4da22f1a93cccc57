export {
  addQuantities, compareQuantities, formatQuantity, parseQuantity, quantityMilli, quantityOf, quantityUnits, QuantityError,
  subtractQuantities, type Quantity, type QuantityFormat,
} from './quantity.ts';
export { canonicalQuantity, knownQuantity, milliOf, unitsOf } from './text.ts';
