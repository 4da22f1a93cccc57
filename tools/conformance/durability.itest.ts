import { describeWith, findProgram, program } from '../jest/require-part.ts';
import { EtcdProcesses } from '../../packages/kernel/src/storage/etcd/etcd-process.ts';
import { KeelsonProcess } from './keelson-process.ts';
import { RawClient } from './raw-client.ts';

jest.setTimeout(180_000);

const configMaps = '/api/v1/namespaces/default/configmaps';
const creates = 1000;

/** Creates objects from many clients at once and kills the server in the middle; answers the names that were acknowledged. */
async function createUntilKilled(keelson: KeelsonProcess): Promise<Set<string>> {
  const client = new RawClient(keelson.ready.kubeconfig);
  const acknowledged = new Set<string>();
  let next = 0;
  let killed = false;
  const worker = async (): Promise<void> => {
    while (next < creates && !killed) {
      const name = `c-${next++}`;
      try {
        const answer = await client.send('POST', configMaps, { body: JSON.stringify({ metadata: { name }, data: { k: 'x'.repeat(500) } }) });
        if (answer.code === 201) acknowledged.add(name);
      } catch {
        return; // the server is gone: not acknowledged
      }
      if (acknowledged.size >= creates / 2 && !killed) {
        killed = true;
        await keelson.stop('SIGKILL');
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  expect(killed).toBe(true);
  return acknowledged;
}

async function namesIn(keelson: KeelsonProcess): Promise<Set<string>> {
  const answer = await new RawClient(keelson.ready.kubeconfig).send('GET', configMaps);
  return new Set((JSON.parse(answer.text) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name));
}

describe('embedded storage', () => {
  it('has every acknowledged object after kill -9 in the middle of 1,000 creates', async () => {
    const first = await KeelsonProcess.start({ flags: ['--storage', 'embedded'] });
    const acknowledged = await createUntilKilled(first);
    const second = await KeelsonProcess.start({ folder: first.folder, flags: ['--storage', 'embedded'] });
    const present = await namesIn(second);
    expect([...acknowledged].filter((name) => !present.has(name))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThanOrEqual(creates / 2);
    await second.destroy();
  });

  it('keeps everything over a regular stop, which ends with exit code 0', async () => {
    const first = await KeelsonProcess.start();
    const client = new RawClient(first.ready.kubeconfig);
    const made = JSON.parse((await client.send('POST', configMaps, { body: JSON.stringify({ metadata: { name: 'kept' } }) })).text) as { metadata: { uid: string } };
    expect(await first.stop('SIGINT')).toBe(0);
    const second = await KeelsonProcess.start({ folder: first.folder });
    const read = JSON.parse((await new RawClient(second.ready.kubeconfig).send('GET', `${configMaps}/kept`)).text) as { metadata: { uid: string } };
    expect(read.metadata.uid).toBe(made.metadata.uid);
    await second.destroy();
  });

  it('refuses a second process on the same data', async () => {
    const first = await KeelsonProcess.start();
    await expect(KeelsonProcess.start({ folder: first.folder })).rejects.toThrow(/KEEL_CLUSTER_RUNNING|KEEL_STORE_LOCKED/);
    await first.destroy();
  });
});

describeWith(program('etcd'))('etcd storage', () => {
  let etcd: EtcdProcesses;

  beforeAll(async () => {
    etcd = await EtcdProcesses.start(findProgram('etcd')!, 3);
    await etcd.leader();
  });
  afterAll(async () => {
    await etcd.stop();
  });

  it('has every acknowledged object after kill -9 of the API server in the middle of 1,000 creates', async () => {
    const flags = ['--storage', 'etcd', '--storage-endpoints', etcd.endpoints.join(',')];
    const first = await KeelsonProcess.start({ flags });
    const acknowledged = await createUntilKilled(first);
    const second = await KeelsonProcess.start({ folder: first.folder, flags });
    const present = await namesIn(second);
    expect([...acknowledged].filter((name) => !present.has(name))).toEqual([]);
    await second.destroy();
  });
});
