import type { DnsConfig } from '@keelson/sdk/runtime';

/** The parts of a `resolv.conf`: the last `search` line counts, as for the resolver; a lone `domain` is its search list. */
export function parseResolvConf(text: string): DnsConfig {
  const servers: string[] = [];
  const options: string[] = [];
  let searches: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [word = '', ...values] = line.trim().split(/\s+/);
    if (word === 'nameserver' && values[0] !== undefined) servers.push(values[0]);
    else if (word === 'search') searches = values.map((name) => (name === '.' ? name : name.replace(/\.$/, '')));
    else if (word === 'domain' && values[0] !== undefined && searches.length === 0) searches = [values[0]];
    else if (word === 'options') options.push(...values);
  }
  return { servers, searches, options };
}
