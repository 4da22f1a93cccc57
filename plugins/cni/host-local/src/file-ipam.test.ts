import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileIpam } from './file-ipam.ts';

describe('FileIpam', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'keelson-ipam-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('gives each owner one address, the same again, and says the gateway', async () => {
    const ipam = new FileIpam(root);
    expect(await ipam.allocate('10.244.1.0/24', 'a')).toEqual({ address: '10.244.1.2/24', gateway: '10.244.1.1' });
    expect(await ipam.allocate('10.244.1.0/24', 'b')).toEqual({ address: '10.244.1.3/24', gateway: '10.244.1.1' });
    expect(await ipam.allocate('10.244.1.0/24', 'a')).toEqual({ address: '10.244.1.2/24', gateway: '10.244.1.1' });
    expect(readFileSync(join(root, '10.244.1.0-24/10.244.1.3'), 'utf8')).toBe('b');
  });

  it('knows after a restart what it gave, and goes on behind it', async () => {
    await new FileIpam(root).allocate('10.244.1.0/24', 'a');
    await new FileIpam(root).allocate('10.244.1.0/24', 'b');
    const ipam = new FileIpam(root);
    await ipam.release('10.244.1.0/24', 'a');
    expect((await ipam.allocate('10.244.1.0/24', 'c')).address).toBe('10.244.1.4/24');
    expect((await ipam.allocate('10.244.1.0/24', 'b')).address).toBe('10.244.1.3/24');
  });

  it('takes back an address that was claimed for nobody by a process that was killed', async () => {
    await new FileIpam(root).allocate('10.244.1.0/30', 'a');
    rmSync(join(root, '10.244.1.0-30/10.244.1.2'));
    writeFileSync(join(root, '10.244.1.0-30/10.244.1.2'), '');
    expect((await new FileIpam(root).allocate('10.244.1.0/30', 'b')).address).toBe('10.244.1.2/30');
  });

  it('says that a range is used up, and gives what is released', async () => {
    const ipam = new FileIpam(root);
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((owner) => ipam.allocate('10.0.0.0/29', owner)));
    await expect(ipam.allocate('10.0.0.0/29', 'f')).rejects.toMatchObject({ code: 'KEEL_IPAM_EXHAUSTED', message: expect.stringContaining('no IP addresses available in range 10.0.0.0/29') as string });
    await ipam.release('10.0.0.0/29', 'c');
    await ipam.release('10.0.0.0/29', 'never had one');
    expect((await ipam.allocate('10.0.0.0/29', 'f')).address).toBe('10.0.0.4/29');
  });

  it('keeps only what the living have', async () => {
    const ipam = new FileIpam(root);
    for (const owner of ['a', 'b', 'c']) await ipam.allocate('10.0.0.0/24', owner);
    await ipam.retainOnly('10.0.0.0/24', new Set(['b']));
    expect(readdirSync(join(root, '10.0.0.0-24')).filter((name) => /^\d/.test(name))).toEqual(['10.0.0.3']);
  });

  it.each(['10.0.0.0', '10.0.0.0/31', '300.0.0.0/24', 'fd00::/64'])('refuses %s', async (range) => {
    await expect(new FileIpam(root).allocate(range, 'a')).rejects.toMatchObject({ code: 'KEEL_IPAM_RANGE' });
  });
});
