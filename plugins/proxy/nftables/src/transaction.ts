import type { ProxyDelta, ServicePort } from '@keelson/sdk/proxy';
import { affinitySet, baseRules, chainsOf, elementsOf, endpointChain, endpointRules, endpointsOf, type RuleContext } from './rule-set.ts';

/** The whole table anew, in one transaction: from the old rules to the new without a moment between. */
export function fullTransaction(all: readonly ServicePort[], context: RuleContext): readonly string[] {
  const { table } = context;
  return [`add table ip ${table}`, `delete table ip ${table}`, ...baseRules(context), ...programLines({ changed: all.map((now) => ({ now, before: undefined })), removed: [] }, context), ...clusterIpLines(addressCounts(all), new Map(), table)];
}

/** What a delta changes, and nothing else. Order matters to nft: chains before who leads to them, and after who did. */
export function programLines({ changed, removed }: Pick<ProxyDelta, 'changed' | 'removed'>, context: RuleContext): readonly string[] {
  const { table } = context;
  const made: string[] = [];
  const led: string[] = [];
  const gone: string[] = [];
  for (const { now, before } of [...changed, ...removed.map((service) => ({ now: undefined, before: service }))]) {
    const service = now ?? before!;
    const chains = now === undefined ? new Map<string, readonly string[]>() : chainsOf(now, context);
    const chainsBefore = before === undefined ? new Map<string, readonly string[]>() : chainsOf(before, context);
    endpointLines(service, now, before, { made, gone }, table);
    for (const name of chains.keys()) if (!chainsBefore.has(name)) made.push(`add chain ip ${table} ${name}`);
    for (const [name, rules] of chains) {
      if (chainsBefore.get(name)?.join('\n') === rules.join('\n')) continue;
      if (chainsBefore.has(name)) led.push(`flush chain ip ${table} ${name}`);
      led.push(...rules.map((rule) => `add rule ip ${table} ${name} ${rule}`));
    }
    const elements = now === undefined ? new Map<string, string>() : elementsOf(now);
    const elementsBefore = before === undefined ? new Map<string, string>() : elementsOf(before);
    for (const [key, verdict] of elementsBefore) if (elements.get(key) !== verdict) led.push(elementLine('delete', table, key, undefined));
    for (const [key, verdict] of elements) if (elementsBefore.get(key) !== verdict) led.push(elementLine('add', table, key, verdict));
    // A chain goes when nobody leads to it any more: first its own rules, which may lead to another that goes.
    const leaving = [...chainsBefore.keys()].filter((name) => !chains.has(name));
    for (const name of leaving) led.push(`flush chain ip ${table} ${name}`);
    for (const name of leaving) gone.unshift(`delete chain ip ${table} ${name}`);
  }
  // Deletes of elements first: an address may go from one service to another in one delta.
  const deletes = led.filter((line) => line.startsWith('delete element'));
  return [...made, ...deletes, ...led.filter((line) => !line.startsWith('delete element')), ...gone];
}

/** How many service ports have a cluster address. */
export function addressCounts(all: Iterable<ServicePort>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { clusterIps } of all) for (const address of clusterIps) if (!address.includes(':')) counts.set(address, (counts.get(address) ?? 0) + 1);
  return counts;
}

/** Counts of the addresses that a delta touches, as they are after it; 0 for those that nobody has any more. */
export function countsAfter({ changed, removed }: Pick<ProxyDelta, 'changed' | 'removed'>, before: ReadonlyMap<string, number>): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (service: ServicePort | undefined, by: 1 | -1): void => {
    for (const address of service?.clusterIps ?? []) if (!address.includes(':')) counts.set(address, (counts.get(address) ?? before.get(address) ?? 0) + by);
  };
  for (const { now, before: was } of changed) {
    add(was, -1);
    add(now, 1);
  }
  for (const service of removed) add(service, -1);
  return counts;
}

/** Changes of the set of cluster addresses, for the addresses that `now` names. */
export function clusterIpLines(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>, table: string): readonly string[] {
  const gone = [...now].filter(([address, count]) => count === 0 && before.has(address)).map(([address]) => address);
  const fresh = [...now].filter(([address, count]) => count > 0 && !before.has(address)).map(([address]) => address);
  return [
    ...(gone.length === 0 ? [] : [`delete element ip ${table} cluster-ips { ${gone.join(', ')} }`]),
    ...(fresh.length === 0 ? [] : [`add element ip ${table} cluster-ips { ${fresh.join(', ')} }`]),
  ];
}

function endpointLines(service: ServicePort, now: ServicePort | undefined, before: ServicePort | undefined, lines: { readonly made: string[]; readonly gone: string[] }, table: string): void {
  const wanted = new Map((now === undefined ? [] : endpointsOf(now)).map((endpoint) => [endpointChain(service, endpoint), endpoint]));
  const held = new Map((before === undefined ? [] : endpointsOf(before)).map((endpoint) => [endpointChain(service, endpoint), endpoint]));
  const sameAffinity = now?.affinitySeconds === before?.affinitySeconds;
  for (const [name, endpoint] of wanted) {
    if (held.has(name) && sameAffinity) continue;
    if (now!.affinitySeconds > 0) lines.made.push(`add set ip ${table} ${affinitySet(service, endpoint)} { type ipv4_addr; flags dynamic,timeout; timeout ${now!.affinitySeconds}s; }`);
    lines.made.push(held.has(name) ? `flush chain ip ${table} ${name}` : `add chain ip ${table} ${name}`, ...endpointRules(now!, endpoint).map((rule) => `add rule ip ${table} ${name} ${rule}`));
  }
  for (const [name, endpoint] of held) {
    const stays = wanted.has(name);
    if (!stays) lines.gone.push(`flush chain ip ${table} ${name}`, `delete chain ip ${table} ${name}`);
    if (before!.affinitySeconds > 0 && (!stays || now?.affinitySeconds === 0)) lines.gone.push(`delete set ip ${table} ${affinitySet(service, endpoint)}`);
  }
}

function elementLine(verb: 'add' | 'delete', table: string, key: string, verdict: string | undefined): string {
  const space = key.indexOf(' ');
  return `${verb} element ip ${table} ${key.slice(0, space)} { ${key.slice(space + 1)}${verdict === undefined ? '' : ` : ${verdict}`} }`;
}
