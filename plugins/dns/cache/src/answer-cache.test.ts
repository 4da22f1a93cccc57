import type { Clock } from '@keelson/sdk';
import type { DnsAnswer, DnsQuery } from '@keelson/sdk/dns';
import { AnswerCache } from './answer-cache.ts';

const positive: DnsAnswer = { rcode: 'NOERROR', answers: [{ name: 'www.example.org', type: 'A', ttl: 60, data: '192.0.2.7' }] };
const negative = (minimum: number): DnsAnswer => ({
  rcode: 'NXDOMAIN', answers: [],
  authorities: [{ name: 'example.org', type: 'SOA', ttl: 900, data: { mname: 'a', rname: 'b', serial: 1, refresh: 1, retry: 1, expire: 1, minimum } }],
});

function cached(limits = { entries: 2, maxTtl: 3600, maxNegativeTtl: 30 }) {
  let now = 0;
  const cache = new AnswerCache({ monotonic: () => now } as Clock, limits);
  const asked: string[] = [];
  const ask = (name: string, answer: DnsAnswer | Promise<DnsAnswer>): DnsAnswer | Promise<DnsAnswer> =>
    cache.answer({ name, type: 'A' } as DnsQuery, () => {
      asked.push(name);
      return answer;
    });
  return { cache, ask, asked, pass: (seconds: number) => { now += 1000 * seconds; } };
}

describe('AnswerCache', () => {
  it('keeps an answer as long as its records live, and counts down', () => {
    const { ask, asked, pass } = cached();
    void ask('www.example.org', positive);
    pass(59);
    expect(ask('www.example.org', positive)).toMatchObject({ answers: [{ ttl: 1 }] });
    expect(asked).toHaveLength(1);
    pass(1);
    void ask('www.example.org', positive);
    expect(asked).toHaveLength(2);
  });

  it('keeps what is missing as long as the zone says, within its own limit', () => {
    const { ask, asked, pass } = cached();
    void ask('no.example.org', negative(300));
    pass(29);
    void ask('no.example.org', negative(300));
    expect(asked).toHaveLength(1);
    pass(1);
    void ask('no.example.org', negative(0));
    void ask('no.example.org', negative(0));
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['failures', { rcode: 'SERVFAIL', answers: [] }],
    ['refusals', { rcode: 'REFUSED', answers: [] }],
    ['what is missing for an unknown time', { rcode: 'NXDOMAIN', answers: [] }],
    ["the cluster's own answers", { ...positive, authoritative: true }],
  ] as const)('does not keep %s', (_title, answer) => {
    const { ask, asked } = cached();
    void ask('x', answer);
    void ask('x', answer);
    expect(asked).toHaveLength(2);
  });

  it('asks the same question once at a time, also when it fails', async () => {
    const { ask, asked } = cached();
    let settle: (answer: DnsAnswer) => void = () => undefined;
    const first = ask('www.example.org', new Promise<DnsAnswer>((resolve) => { settle = resolve; }));
    const second = ask('www.example.org', positive);
    settle(positive);
    expect(await Promise.all([first, second])).toEqual([positive, positive]);
    expect(asked).toHaveLength(1);
    await expect(ask('gone.example.org', Promise.reject(new Error('nobody answers')))).rejects.toThrow('nobody answers');
    expect(await ask('gone.example.org', positive)).toBe(positive);
  });

  it('is bounded: what was unused longest leaves', () => {
    const { cache, ask, asked } = cached();
    for (const name of ['a', 'b', 'a', 'c']) void ask(name, positive);
    expect(cache.size).toBe(2);
    void ask('a', positive);
    expect(asked).toEqual(['a', 'b', 'c']);
    void ask('b', positive);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });
});
