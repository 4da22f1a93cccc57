import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin as EsbuildPlugin } from 'esbuild';

/** The parts of protobufjs that are used here. */
interface Protobuf {
  readonly Root: new () => { loadSync(path: string, options: { readonly keepCase: boolean }): { resolveAll(): { toJSON(): object } } };
}

const reads = /\.loadSync\)\(`\$\{__dirname\}\/([^`]*\.proto)`/;

/** `etcd3` reads its .proto files from its own folder when it is loaded; an artifact has no such folder, so it carries them parsed. */
export function inlineProto(): EsbuildPlugin {
  return {
    name: 'keelson-inline-proto',
    setup: (build) => {
      build.onLoad({ filter: /[/\\]etcd3[/\\]lib[/\\]connection-pool\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const file = reads.exec(text)?.[1];
        if (file === undefined) return { errors: [{ text: 'etcd3 does not load its .proto files as expected any more: adapt inline-proto.ts' }] };
        return { contents: text.replace(reads, () => `.fromJSON)(${JSON.stringify(parse(path, file))}`), loader: 'js' };
      });
    },
  };
}

function parse(library: string, file: string): object {
  const loader = createRequire(library).resolve('@grpc/proto-loader');
  const { Root } = createRequire(loader)('protobufjs') as Protobuf;
  return new Root().loadSync(join(library, '..', file), { keepCase: true }).resolveAll().toJSON();
}
