/** Another DNS server. */
export interface Upstream {
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`, `2001:db8::53`; undefined for what is none of them. */
export function upstreamFrom(text: string): Upstream | undefined {
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::(\d{1,5}))?$/.exec(text);
  const dotted = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?$/.exec(text);
  const plain = /^([0-9a-fA-F]*:[0-9a-fA-F:.]+)$/.exec(text);
  const match = bracketed ?? dotted ?? plain;
  if (match === null) return undefined;
  const port = Number(match[2] ?? '53');
  return port < 1 || port > 65_535 ? undefined : { address: match[1]!, port };
}

/** The servers that a `resolv.conf` names, at most three as resolvers do. */
export function upstreamsOfResolvConf(text: string): readonly Upstream[] {
  return text
    .split('\n')
    .map((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1])
    .map((address) => (address === undefined ? undefined : upstreamFrom(address)))
    .filter((upstream): upstream is Upstream => upstream !== undefined)
    .slice(0, 3);
}
