import fc from 'fast-check';
import type { DnsRecord } from '@keelson/sdk/dns';
import { RecordTable } from './record-table.ts';

const a = (name: string, data: string): DnsRecord => ({ name, type: 'A', ttl: 5, data });

describe('RecordTable', () => {
  it('tells which names changed, and only those', () => {
    const table = new RecordTable();
    expect(table.replace('s', [a('x.z', '10.0.0.1'), a('y.z', '10.0.0.2')])).toEqual(new Set(['x.z', 'y.z']));
    expect(table.replace('s', [a('x.z', '10.0.0.1'), a('y.z', '10.0.0.3')])).toEqual(new Set(['y.z']));
    expect(table.replace('s', [a('x.z', '10.0.0.1'), a('y.z', '10.0.0.3')])).toEqual(new Set());
    expect(table.find('y.z')?.get('A')).toEqual([a('y.z', '10.0.0.3')]);
    expect(table.replace('s', [])).toEqual(new Set(['x.z', 'y.z']));
    expect(table.size).toBe(0);
  });

  it('keeps a name that another owner has too', () => {
    const table = new RecordTable();
    const reverse = (data: string): DnsRecord => ({ name: '1.0.0.10.in-addr.arpa', type: 'PTR', ttl: 5, data });
    table.replace('one', [reverse('pod.one')]);
    table.replace('two', [reverse('pod.two')]);
    table.replace('one', []);
    expect(table.find('1.0.0.10.in-addr.arpa')?.get('PTR')).toEqual([reverse('pod.two')]);
  });

  it('knows the names above others', () => {
    const table = new RecordTable();
    table.replace('s', [a('_http._tcp.api.shop', '10.0.0.1'), a('web.shop', '10.0.0.2')]);
    expect(['_tcp.api.shop', 'api.shop', 'shop', '_http._tcp.api.shop', 'other', 'hop'].map((name) => table.exists(name))).toEqual([true, true, true, true, false, false]);
    table.replace('s', [a('web.shop', '10.0.0.2')]);
    expect(['_tcp.api.shop', 'api.shop', 'shop'].map((name) => table.exists(name))).toEqual([false, false, true]);
  });

  it('is after any changes what one fresh change to the end would make it', () => {
    const record = fc.record({ name: fc.constantFrom('a.z', 'b.z', 'c.b.z', 'z'), data: fc.constantFrom('10.0.0.1', '10.0.0.2') }).map(({ name, data }) => a(name, data));
    const step = fc.record({ owner: fc.constantFrom('one', 'two', 'three'), records: fc.uniqueArray(record, { selector: ({ name, data }) => `${name} ${String(data)}` }) });
    fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const table = new RecordTable();
      for (const { owner, records } of steps) table.replace(owner, records);
      const fresh = new RecordTable();
      for (const owner of ['one', 'two', 'three']) fresh.replace(owner, steps.findLast((one) => one.owner === owner)?.records ?? []);
      for (const name of ['a.z', 'b.z', 'c.b.z', 'z']) {
        const sorted = (from: RecordTable): readonly string[] => [...(from.find(name)?.get('A') ?? [])].map(({ data }) => data as string).sort();
        expect(sorted(table)).toEqual(sorted(fresh));
        expect(table.exists(name)).toBe(fresh.exists(name));
      }
    }));
  });
});
