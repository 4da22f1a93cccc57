import { readFile } from 'node:fs/promises';

/** Any address or a loopback one, as the kernel writes them: words of four bytes in the machine's order. */
const reachable = new Set(['00000000', '0100007F', '0'.repeat(32), `${'0'.repeat(24)}01000000`, `${'0'.repeat(16)}FFFF00000100007F`]);
const listening = '0A';

/**
 * Whether somebody listens on a port of the loopback in the network namespace of a process; undefined where that cannot
 * be seen.
 */
export async function listensOn(pid: number, port: number, proc = '/proc'): Promise<boolean | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`${proc}/${pid}/net/${name}`, 'utf8').catch(() => undefined)));
  if (tables[0] === undefined) return undefined;
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return tables.some((table) =>
    (table ?? '').split('\n').slice(1).some((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const [address = '', number] = local.split(':');
      return state === listening && number === wanted && reachable.has(address);
    }),
  );
}
