import { InvalidRequestError, type Txn } from '../contract.ts';
import { checkKey } from './order-key.ts';

/** Throws `InvalidRequestError` for a transaction that breaks the contract's rules; same rules in every driver. */
export function checkTxn(txn: Txn): void {
  const { ops, compare } = txn;
  if (ops.length === 0) throw new InvalidRequestError('the transaction has no operation; give at least one');
  for (const { key } of compare) checkKey(key);
  const first = ops[0]!;
  checkKey(first.key);
  if (ops.length === 1) return;
  const seen = new Set([first.key]);
  for (let i = 1; i < ops.length; i++) {
    const { key } = ops[i]!;
    checkKey(key);
    if (seen.has(key)) throw new InvalidRequestError(`key ${JSON.stringify(key)} appears twice in one transaction`);
    seen.add(key);
  }
}
