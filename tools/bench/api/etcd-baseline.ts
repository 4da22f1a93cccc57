// etcd as its own clients see it: the plain gRPC client, and the npm package etcd3.
import { accessSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { EtcdProcesses } from '../../../packages/kernel/src/storage/etcd/etcd-process.ts';

/** Creates a key that must not exist yet; durable when it resolves. */
export type CreateKey = (key: string, value: Buffer) => Promise<void>;

/** Path of the real etcd, or undefined. */
export function etcdProgram(): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, 'etcd')).find(exists);
}

/** What to say when there is none. */
export const noEtcd = 'no etcd on PATH; run: node tools/setup/real-parts.mjs';

/** One member on a fresh folder beside the other stores' (the system's temporary folder), ready to be written. */
export async function startEtcd(program: string): Promise<EtcdProcesses> {
  const etcd = await EtcdProcesses.start(program, 1);
  await etcd.leader();
  return etcd;
}

/** Through @grpc/grpc-js alone. */
export async function createByGrpc(endpoint: string): Promise<{ readonly create: CreateKey; close(): void }> {
  const grpc = await import('@grpc/grpc-js');
  const { loadSync } = await import('@grpc/proto-loader');
  const folder = join(dirname(createRequire(import.meta.url).resolve('etcd3/package.json')), 'proto');
  const definition = loadSync(join(folder, 'rpc.proto'), { keepCase: true, includeDirs: [folder] });
  const api = grpc.loadPackageDefinition(definition)['etcdserverpb'] as unknown as { readonly KV: new (address: string, credentials: unknown) => KvClient };
  const kv = new api.KV(new URL(endpoint).host, grpc.credentials.createInsecure());
  return {
    create: (key, value) =>
      new Promise((resolve, reject) => {
        const name = Buffer.from(key);
        const txn = { compare: [{ result: 'EQUAL', target: 'MOD', key: name, mod_revision: 0 }], success: [{ request_put: { key: name, value } }], failure: [] };
        kv.Txn(txn, (error, answer) => {
          if (error !== null) reject(error);
          else if (!answer.succeeded) reject(new Error(`etcd has ${key} already`));
          else resolve();
        });
      }),
    close: () => { kv.close(); },
  };
}

interface KvClient {
  Txn(request: object, done: (error: Error | null, answer: { readonly succeeded: boolean }) => void): void;
  close(): void;
}

/** Through the npm package etcd3, as its documentation has it. */
export async function createByEtcd3(endpoint: string): Promise<{ readonly create: CreateKey; close(): void }> {
  const { Etcd3 } = await import('etcd3');
  const etcd = new Etcd3({ hosts: endpoint });
  return {
    create: async (key, value) => {
      const { succeeded } = await etcd.if(key, 'Mod', '==', 0).then(etcd.put(key).value(value)).commit();
      if (!succeeded) throw new Error(`etcd has ${key} already`);
    },
    close: () => { etcd.close(); },
  };
}

/** Runs `create` from `clients` callers that each wait for their last one; the rate per second. */
export async function createRate(create: CreateKey, options: { readonly clients: number; readonly writes: number; readonly prefix: string; readonly value: (i: number) => Buffer }): Promise<number> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < options.writes) {
      const i = next++;
      await create(`${options.prefix}${i}`, options.value(i));
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: options.clients }, caller));
  return options.writes / ((performance.now() - started) / 1000);
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
