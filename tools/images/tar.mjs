// A tar (ustar) of the same bytes for the same entries: no times, no owners, no order but the given one.
const block = 512;

/** @param {readonly { path: string, mode?: number, data?: Buffer, link?: string }[]} entries a path with a slash at its end is a folder */
export function tarOf(entries) {
  const parts = entries.flatMap(({ path, mode, data = Buffer.alloc(0), link }) => {
    const type = link !== undefined ? '2' : path.endsWith('/') ? '5' : '0';
    const padding = Buffer.alloc((block - (data.length % block)) % block);
    return [header({ path, mode: mode ?? (type === '5' ? 0o755 : 0o644), size: data.length, type, link: link ?? '' }), data, padding];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header({ path, mode, size, type, link }) {
  if (Buffer.byteLength(path) > 100 || Buffer.byteLength(link) > 100) throw new Error(`${path} is too long for this tar`);
  const bytes = Buffer.alloc(block);
  const octal = (value, length) => value.toString(8).padStart(length - 1, '0');
  bytes.write(path, 0);
  bytes.write(octal(mode, 8), 100);
  bytes.write(octal(0, 8), 108);
  bytes.write(octal(0, 8), 116);
  bytes.write(octal(size, 12), 124);
  bytes.write(octal(0, 12), 136);
  bytes.fill(' ', 148, 156);
  bytes.write(type, 156);
  bytes.write(link, 157);
  bytes.write('ustar\u000000', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${octal(sum, 7)}\0 `, 148, 'latin1');
  return bytes;
}
