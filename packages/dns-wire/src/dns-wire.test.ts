import fc from 'fast-check';
import type { DnsAnswer, DnsRecord } from '@keelson/sdk/dns';
import { WireError, readAnswer, readQuery, typeNumber, writeAnswer, writeBadVersion, writeQuery, writeRefusal, type QueryMessage } from './index.ts';

function queryFor(name: string, type: DnsRecord['type'] = 'A'): QueryMessage {
  const query = readQuery(writeQuery(0x1234, name, typeNumber(type)));
  if (query === undefined || 'rcode' in query) throw new Error('the query should be readable');
  return query;
}

const soa: DnsRecord = {
  name: 'cluster.local', type: 'SOA', ttl: 5,
  data: { mname: 'ns.dns.cluster.local', rname: 'hostmaster.cluster.local', serial: 4_294_967_295, refresh: 7200, retry: 1800, expire: 86400, minimum: 5 },
};
const records: readonly DnsRecord[] = [
  { name: 'api.shop.svc.cluster.local', type: 'A', ttl: 5, data: '10.96.0.7' },
  { name: 'api.shop.svc.cluster.local', type: 'AAAA', ttl: 5, data: 'fd00:0:0:0:0:0:0:7' },
  { name: 'www.example.org', type: 'CNAME', ttl: 30, data: 'api.shop.svc.cluster.local' },
  { name: 'cluster.local', type: 'NS', ttl: 5, data: 'ns.dns.cluster.local' },
  { name: '7.0.96.10.in-addr.arpa', type: 'PTR', ttl: 5, data: 'api.shop.svc.cluster.local' },
  { name: '_http._tcp.api.shop.svc.cluster.local', type: 'SRV', ttl: 5, data: { priority: 0, weight: 100, port: 80, target: 'api.shop.svc.cluster.local' } },
  { name: 'example.org', type: 'MX', ttl: 5, data: { preference: 10, exchange: 'mail.example.org' } },
  { name: 'dns-version.cluster.local', type: 'TXT', ttl: 5, data: ['1.1.0', ''] },
  { name: 'odd.example.org', type: 'TYPE257', ttl: 0, data: Buffer.from([1, 2, 3]) },
  soa,
];

describe('DNS messages', () => {
  it('come back as they went, in every type', () => {
    const answer: DnsAnswer = { rcode: 'NOERROR', authoritative: true, answers: records, authorities: [soa], additionals: records.slice(0, 1) };
    const back = readAnswer(writeAnswer(queryFor('api.shop.svc.cluster.local'), answer, 65_000));
    expect(back).toEqual({
      id: 0x1234, rcode: 'NOERROR', authoritative: true, truncated: false, question: { name: 'api.shop.svc.cluster.local', type: 'A', class: 1 },
      answers: records, authorities: [soa], additionals: records.slice(0, 1),
    });
  });

  it('are compressed: a name that stands already is a pointer', () => {
    const one = writeAnswer(queryFor('api.shop.svc.cluster.local'), { rcode: 'NOERROR', answers: records.slice(0, 1) }, 512);
    const two = writeAnswer(queryFor('api.shop.svc.cluster.local'), { rcode: 'NOERROR', answers: [records[0]!, records[0]!] }, 512);
    expect(two.length - one.length).toBe(2 + 10 + 4);
  });

  it('repeat the question in its own case, and say nothing of its case in the name', () => {
    const bytes = writeQuery(7, 'x', 1);
    const asked = Buffer.from(bytes);
    asked[13] = 'X'.charCodeAt(0);
    const query = readQuery(asked) as QueryMessage;
    expect(query.question.name).toBe('x');
    expect(writeAnswer(query, { rcode: 'NXDOMAIN', answers: [] }, 512)[13]).toBe('X'.charCodeAt(0));
  });

  it('are cut at the limit with the truncation bit, at a record', () => {
    const many = Array.from({ length: 100 }, (_, i): DnsRecord => ({ name: 'api.shop.svc.cluster.local', type: 'A', ttl: 5, data: `10.244.0.${i}` }));
    const bytes = writeAnswer(queryFor('api.shop.svc.cluster.local'), { rcode: 'NOERROR', answers: many }, 512);
    const back = readAnswer(bytes);
    expect(bytes.length).toBeLessThanOrEqual(512);
    expect(back.truncated).toBe(true);
    expect(back.answers).toEqual(many.slice(0, back.answers.length));
    expect(back.answers.length).toBeGreaterThan(25);
  });

  it('lose additional records without a word', () => {
    const many = Array.from({ length: 100 }, (_, i): DnsRecord => ({ name: 'x.example.org', type: 'A', ttl: 5, data: `10.244.0.${i}` }));
    expect(readAnswer(writeAnswer(queryFor('x.example.org'), { rcode: 'NOERROR', answers: many.slice(0, 1), additionals: many }, 512)).truncated).toBe(false);
  });

  it('carry names with any byte', () => {
    const query = queryFor('a\\046b.\\000\\255.example.org');
    expect(query.question.name).toBe('a\\046b.\\000\\255.example.org');
  });

  it.each([
    ['an IPv4 address with a letter', { name: 'x', type: 'A', ttl: 1, data: '10.0.0.x' }],
    ['an IPv6 address with a zone', { name: 'x', type: 'AAAA', ttl: 1, data: 'fe80::1%eth0' }],
    ['an empty label', { name: 'a..b', type: 'A', ttl: 1, data: '10.0.0.1' }],
    ['a long label', { name: 'x'.repeat(64), type: 'A', ttl: 1, data: '10.0.0.1' }],
    ['a long text', { name: 'x', type: 'TXT', ttl: 1, data: ['x'.repeat(256)] }],
  ] as const)('refuse %s', (_title, record) => {
    expect(() => writeAnswer(queryFor('x'), { rcode: 'NOERROR', answers: [record] }, 512)).toThrow(WireError);
  });

  it('read IPv6 addresses in every form', () => {
    const forms = ['::', '::1', 'fd00::1:2', '1:2:3:4:5:6:7:8', '::ffff:10.1.2.3'];
    const back = readAnswer(writeAnswer(queryFor('x', 'AAAA'), { rcode: 'NOERROR', answers: forms.map((data): DnsRecord => ({ name: 'x', type: 'AAAA', ttl: 1, data })) }, 512));
    expect(back.answers.map(({ data }) => data)).toEqual(['0:0:0:0:0:0:0:0', '0:0:0:0:0:0:0:1', 'fd00:0:0:0:0:0:1:2', '1:2:3:4:5:6:7:8', '0:0:0:0:0:ffff:a01:203']);
  });
});

describe('readQuery', () => {
  const plain = writeQuery(9, 'example.org', 1);
  const changed = (at: number, byte: number): Buffer => {
    const bytes = Buffer.from(plain);
    bytes[at] = byte;
    return bytes;
  };

  it('drops what must not be answered', () => {
    expect(readQuery(plain.subarray(0, 11))).toBeUndefined();
    expect(readQuery(changed(2, 0x81))).toBeUndefined();
  });

  it.each([
    ['another opcode', changed(2, 0x28), 'NOTIMP'],
    ['no question', changed(5, 0), 'FORMERR'],
    ['two questions', changed(5, 2), 'FORMERR'],
    ['a label past the end', changed(12, 60), 'FORMERR'],
    ['a pointer to itself', Buffer.concat([plain.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]), 'FORMERR'],
    ['a question that ends early', plain.subarray(0, 26), 'FORMERR'],
    ['an OPT record that ends early', plain.subarray(0, plain.length - 3), 'FORMERR'],
  ])('refuses %s', (_title, bytes, rcode) => {
    const query = readQuery(bytes);
    expect(query).toMatchObject({ id: 9, rcode });
    expect(readAnswer(writeRefusal(query as never))).toMatchObject({ id: 9, rcode });
  });

  it('answers an unknown version of EDNS with code 16', () => {
    const query = queryFor('example.org');
    const bytes = writeBadVersion({ ...query, edns: { ...query.edns!, version: 1 } });
    expect(bytes[3]! & 0xf).toBe(0);
    expect(bytes[bytes.length - 6]).toBe(1);
  });

  it('lives through every byte string', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readQuery(Buffer.from(bytes));
      try {
        readAnswer(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }), { numRuns: 2000 });
  });

  it('lives through damaged messages', () => {
    const whole = writeAnswer(queryFor('api.shop.svc.cluster.local'), { rcode: 'NOERROR', answers: records, authorities: [soa] }, 65_000);
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      try {
        readAnswer(bytes.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }), { numRuns: 3000 });
  });
});
