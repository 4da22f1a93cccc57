import type { DnsAnswer, DnsQuery, DnsRecord } from '@keelson/sdk/dns';
import { RecordTable } from './record-table.ts';
import { zoneHandler } from './zone-handler.ts';

const a = (name: string, data: string): DnsRecord => ({ name, type: 'A', ttl: 5, data });
const elsewhere: DnsAnswer = { rcode: 'NOERROR', answers: [a('db.example.org', '192.0.2.7')] };

function asker(podNames = true) {
  const table = new RecordTable();
  table.replace('shop/api', [a('api.shop.svc.cluster.local', '10.96.0.7'), { name: '7.0.96.10.in-addr.arpa', type: 'PTR', ttl: 5, data: 'api.shop.svc.cluster.local' }]);
  table.replace('shop/many', ['1', '2', '3'].map((last) => a('many.shop.svc.cluster.local', `10.244.0.${last}`)));
  table.replace('shop/db', [{ name: 'db.shop.svc.cluster.local', type: 'CNAME', ttl: 5, data: 'db.example.org' }]);
  table.replace('shop/alias', [{ name: 'alias.shop.svc.cluster.local', type: 'CNAME', ttl: 5, data: 'api.shop.svc.cluster.local' }]);
  table.replace('shop/loop', [{ name: 'loop.shop.svc.cluster.local', type: 'CNAME', ttl: 5, data: 'loop.shop.svc.cluster.local' }]);
  const passed: string[] = [];
  const handler = zoneHandler({ zone: { domain: 'cluster.local', ttl: 5 }, table, serverAddress: '10.96.0.10', podNames, serial: () => 42 });
  const ask = async (name: string, type: DnsQuery['type'] = 'A'): Promise<DnsAnswer> =>
    handler.handle({ name, type, transport: 'udp', clientAddress: '10.244.0.9', signal: new AbortController().signal }, (query) => {
      passed.push(query.name);
      return query.name === 'db.example.org' ? Promise.resolve(elsewhere) : { rcode: 'REFUSED', answers: [] };
    });
  return { ask, passed, table };
}

describe('the zone', () => {
  it.each([
    ['a service', 'api.shop.svc.cluster.local', 'A', 'NOERROR', ['10.96.0.7']],
    ['its address', '7.0.96.10.in-addr.arpa', 'PTR', 'NOERROR', ['api.shop.svc.cluster.local']],
    ['a family that the service has not', 'api.shop.svc.cluster.local', 'AAAA', 'NOERROR', []],
    ['a namespace', 'shop.svc.cluster.local', 'A', 'NOERROR', []],
    ['no service', 'nope.shop.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['no namespace', 'api.nope.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['what a search list makes of an outside name', 'example.org.shop.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['the version of the specification', 'dns-version.cluster.local', 'TXT', 'NOERROR', [['1.1.0']]],
    ['its server', 'ns.dns.cluster.local', 'A', 'NOERROR', ['10.96.0.10']],
    ['a pod', '10-244-1-7.shop.pod.cluster.local', 'A', 'NOERROR', ['10.244.1.7']],
    ['a pod by IPv6', 'fd00--7.shop.pod.cluster.local', 'AAAA', 'NOERROR', ['fd00::7']],
    ['a pod whose address is none', '10-244-1-777.shop.pod.cluster.local', 'A', 'NXDOMAIN', []],
    ['an alias in the cluster', 'alias.shop.svc.cluster.local', 'A', 'NOERROR', ['api.shop.svc.cluster.local', '10.96.0.7']],
  ] as const)('answers for %s', async (_title, name, type, rcode, data) => {
    const { ask, passed } = asker();
    const answer = await ask(name, type);
    expect({ rcode: answer.rcode, data: answer.answers.map((record) => record.data), authoritative: answer.authoritative }).toEqual({ rcode, data, authoritative: true });
    expect(answer.authorities?.map(({ type: found, data: soa }) => [found, (soa as { serial: number }).serial])).toEqual(data.length === 0 ? [['SOA', 42]] : undefined);
    expect(passed).toEqual([]);
  });

  it('asks on for the target of an external name', async () => {
    const { ask } = asker();
    const answer = await ask('db.shop.svc.cluster.local');
    expect(answer.answers.map(({ data }) => data)).toEqual(['db.example.org', '192.0.2.7']);
    expect((await ask('db.shop.svc.cluster.local', 'CNAME')).answers).toHaveLength(1);
  });

  it('ends where an alias leads to itself', async () => {
    const { ask } = asker();
    expect((await ask('loop.shop.svc.cluster.local')).answers.length).toBeLessThan(20);
  });

  it.each(['example.org', 'cluster.local.example.org', 'xcluster.local', '8.8.8.8.in-addr.arpa'])('leaves %s to the next', async (name) => {
    const { ask, passed } = asker();
    await ask(name);
    expect(passed).toEqual([name]);
  });

  it('begins each answer with another address', async () => {
    const { ask } = asker();
    const firsts = [await ask('many.shop.svc.cluster.local'), await ask('many.shop.svc.cluster.local'), await ask('many.shop.svc.cluster.local')].map(({ answers }) => answers[0]?.data);
    expect(new Set(firsts).size).toBe(3);
  });

  it('knows no pods when told so', async () => {
    expect((await asker(false).ask('10-244-1-7.shop.pod.cluster.local')).rcode).toBe('NXDOMAIN');
  });
});
