import { InvalidRequestError } from '../contract.ts';

const beyondBasic = /[\ud800-\uffff]/;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Maps a key to a string whose code-unit order is the UTF-8 order of the key. Only surrogates sort differently in
 * the two; they are moved above U+FFFF's place. The identity for everything Kubernetes allows in a key.
 */
export function orderKey(key: string): string {
  return beyondBasic.test(key) ? reorder(key) : key;
}

function reorder(key: string): string {
  let out = '';
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    out += String.fromCharCode(unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
  }
  return out;
}

/** Rejects keys that no driver can store: empty, or not representable in UTF-8. */
export function checkKey(key: string): void {
  if (key === '') throw new InvalidRequestError('the key is empty; every entry needs one');
  if (beyondBasic.test(key) && loneSurrogate.test(key)) {
    throw new InvalidRequestError(`key ${JSON.stringify(key)} holds half a surrogate pair, which UTF-8 cannot express`);
  }
}
