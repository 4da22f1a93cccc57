// The little of tar and zip that set-up needs, so that it depends on no program and no package.
import { gunzipSync, inflateRawSync } from 'node:zlib';

const block = 512;

/** Regular files of a gzipped tar whose path is wanted, by path. */
export function unpackTar(gzipped, wanted) {
  const tar = gunzipSync(gzipped);
  const files = new Map();
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const text = (from, length) => tar.toString('utf8', at + from, at + from + length).split('\0')[0];
    const size = parseInt(text(124, 12), 8) || 0;
    const folder = text(345, 155);
    const path = folder === '' ? text(0, 100) : `${folder}/${text(0, 100)}`;
    const isFile = tar[at + 156] === 0 || tar[at + 156] === 0x30;
    at += block;
    if (isFile && wanted(path)) files.set(path, tar.subarray(at, at + size));
    at += Math.ceil(size / block) * block;
  }
  return files;
}

/** Files of a zip whose path is wanted, by path. Throws for what it does not know (zip64, other methods). */
export function unpackZip(zip, wanted) {
  // The directory stands at the end, before a comment of at most 64 KiB.
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error('not a zip file: it has no directory');
  const files = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const method = zip.readUInt16LE(at + 10);
    const packed = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const path = zip.toString('utf8', at + 46, at + 46 + nameLength);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (!wanted(path)) continue;
    if (method !== 0 && method !== 8) throw new Error(`${path} is packed by method ${method}, which is not known here`);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + packed);
    files.set(path, method === 0 ? bytes : inflateRawSync(bytes));
  }
  return files;
}
