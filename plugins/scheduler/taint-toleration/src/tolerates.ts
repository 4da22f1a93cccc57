import type { Taint, Toleration } from '@keelson/api/core/v1';

/** Does the toleration match the taint (upstream's ToleratesTaint)? An empty key with Exists matches every taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  const anyKey = toleration.key === undefined || toleration.key === '';
  if (!anyKey && toleration.key !== taint.key) return false;
  switch (toleration.operator) {
    case 'Exists':
      return true;
    case undefined:
    case '':
    case 'Equal':
      return !anyKey && (toleration.value ?? '') === (taint.value ?? '');
    case 'Gt':
    case 'Lt':
      return !anyKey && compares(toleration.operator, toleration.value, taint.value);
    default:
      return false;
  }
}

/** Numeric operators (KEP-5471): the taint's value against the toleration's; whole numbers only. */
function compares(operator: 'Gt' | 'Lt', bound: string | undefined, value: string | undefined): boolean {
  const whole = /^-?(0|[1-9]\d*)$/;
  if (!whole.test(bound ?? '') || !whole.test(value ?? '')) return false;
  return operator === 'Gt' ? BigInt(value!) > BigInt(bound!) : BigInt(value!) < BigInt(bound!);
}
