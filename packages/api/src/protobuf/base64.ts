import { malformed } from './protobuf-error.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Int8Array(128).fill(-1);
for (let index = 0; index < alphabet.length; index++) values[alphabet.charCodeAt(index)] = index;
/** Characters joined at once; String.fromCharCode takes its arguments from the stack. */
const chunk = 8192;

/** Standard base64 with padding, as JSON carries bytes. */
export function toBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let to = 0;
  for (let from = 0; from < bytes.length; from += 3) {
    const first = bytes[from] as number;
    const second = bytes[from + 1];
    const third = bytes[from + 2];
    codes[to++] = alphabet.charCodeAt(first >> 2);
    codes[to++] = alphabet.charCodeAt(((first & 3) << 4) | ((second ?? 0) >> 4));
    codes[to++] = second === undefined ? 61 : alphabet.charCodeAt(((second & 15) << 2) | ((third ?? 0) >> 6));
    codes[to++] = third === undefined ? 61 : alphabet.charCodeAt(third & 63);
  }
  let text = '';
  for (let from = 0; from < codes.length; from += chunk) text += String.fromCharCode(...codes.subarray(from, from + chunk));
  return text;
}

/** Errors: `ProtobufError` for text that is not standard base64 with padding. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw malformed('illegal base64 data: the length is not a multiple of four');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let to = 0;
  for (let from = 0; from < text.length; from += 4) {
    let group = 0;
    for (let index = from; index < from + 4; index++) {
      const value = index >= text.length - padding ? 0 : (values[text.charCodeAt(index)] ?? -1);
      if (value < 0) throw malformed(`illegal base64 data at input byte ${index}`);
      group = (group << 6) | value;
    }
    bytes[to++] = group >> 16;
    if (to < bytes.length) bytes[to++] = group >> 8;
    if (to < bytes.length) bytes[to++] = group;
  }
  return bytes;
}
