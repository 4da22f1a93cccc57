import { X509Certificate } from 'node:crypto';
import { createAuthority, issueLeaf, memoryKeyFolder, type KeyedCertificate } from '@keelson/kernel/apiserver/pki';
import { seededRandom, silentLogger } from '@keelson/sdk';
import { VirtualClock } from '@keelson/testing';
import { NodeCertificate } from './node-certificate.ts';

const day = 86_400_000;

async function world() {
  const clock = new VirtualClock();
  const authority = await createAuthority('ca', { notBefore: 0, notAfter: clock.now() + 3650 * day });
  const folder = memoryKeyFolder();
  const orders: KeyedCertificate[] = [];
  let fails = 0;
  const seen: string[] = [];
  const open = (ca = authority.certificate) =>
    new NodeCertificate({
      folder, file: 'node-client', authority: ca, clock, random: seededRandom('certificate'), log: silentLogger,
      onChange: ({ certificate }) => seen.push(new X509Certificate(certificate).serialNumber),
      order: async () => {
        if (fails > 0) {
          fails -= 1;
          throw new Error('no answer');
        }
        const made = await issueLeaf(authority, { commonName: 'system:node:one', organizations: ['system:nodes'], usage: 'client' }, { notBefore: clock.now(), notAfter: clock.now() + 100 * day });
        orders.push(made);
        return made;
      },
    });
  /** Keys are made in other threads, which no virtual clock waits for. */
  const until = async (count: number): Promise<void> => {
    for (let tries = 0; orders.length < count || seen.length < count; tries += 1) {
      if (tries > 400) throw new Error(`${orders.length} orders, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { clock, folder, orders, seen, open, until, failNext: (count: number) => (fails = count) };
}

test('is renewed between 70 and 90 percent of its life, and kept with its key', async () => {
  const { clock, folder, orders, open, until } = await world();
  const certificate = open();
  expect(await certificate.load()).toBeUndefined();
  await certificate.obtain(new AbortController().signal);
  await clock.advance(69 * day);
  expect(orders).toHaveLength(1);
  await clock.advance(22 * day);
  await until(2);
  expect(certificate.current).toEqual(orders[1]);
  expect(await folder.read('node-client.key')).toBe(orders[1]!.privateKey);
  certificate.close();
});

test('a renewal that fails is tried again until it works', async () => {
  const { clock, open, until, failNext } = await world();
  const certificate = open();
  await certificate.obtain(new AbortController().signal);
  failNext(2);
  await clock.advance(91 * day);
  for (let tries = 0; tries < 3; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await clock.advance(31_000);
  }
  await until(2);
  certificate.close();
});

test('the stored one is used again, unless it has expired or another authority is in charge', async () => {
  const { clock, orders, open } = await world();
  const first = open();
  await first.obtain(new AbortController().signal);
  first.close();
  const second = open();
  expect(await second.load()).toEqual(orders[0]);
  second.close();
  const other = await createAuthority('other', { notBefore: 0, notAfter: clock.now() + day });
  expect(await open(other.certificate).load()).toBeUndefined();
  await clock.advance(101 * day);
  expect(await open().load()).toBeUndefined();
  expect(orders).toHaveLength(1);
});
