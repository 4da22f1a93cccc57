import type { Programs } from '../machine/programs.ts';

/** What the kernel has now, in the machine's own namespace. */
export interface Present {
  readonly namespaces: readonly string[];
  readonly links: readonly string[];
  /** Destinations of routes and addresses of devices, as ranges; the default route is not one. */
  readonly ranges: readonly string[];
}

/** Asks `ip` for namespaces, devices, addresses and routes. */
export async function presentOn(programs: Programs): Promise<Present> {
  const json = async <T>(args: readonly string[]): Promise<readonly T[]> => {
    const text = await programs.run({ program: 'ip', args: ['-json', ...args] });
    return text.trim() === '' ? [] : (JSON.parse(text) as T[]);
  };
  const [namespaces, links, routes] = await Promise.all([
    json<{ name: string }>(['netns', 'list']),
    json<{ ifname: string; addr_info?: readonly { family: string; local: string; prefixlen: number }[] }>(['address', 'show']),
    json<{ dst: string; type?: string }>(['-4', 'route', 'show', 'table', 'all']),
  ]);
  return {
    namespaces: namespaces.map(({ name }) => name),
    links: links.map(({ ifname }) => ifname),
    ranges: [
      ...links.flatMap(({ addr_info = [] }) => addr_info.filter(({ family }) => family === 'inet').map(({ local, prefixlen }) => `${local}/${prefixlen}`)),
      ...routes.filter(({ dst, type }) => /^\d/.test(dst) && dst !== '0.0.0.0/0' && type !== 'broadcast').map(({ dst }) => dst),
    ],
  };
}
