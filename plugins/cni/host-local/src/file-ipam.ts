import { mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeelsonError } from '@keelson/sdk';
import type { InterfaceAddress, Ipam } from '@keelson/sdk/cni';
import { addressNumber, addressRange, addressText, type AddressRange } from './address-range.ts';

const lastFile = 'last_reserved_ip.0';

interface Held {
  readonly range: AddressRange;
  readonly folder: string;
  readonly byOwner: Map<string, number>;
  readonly taken: Set<number>;
  /** Address given last: the next search begins behind it, so that a released address rests. */
  last: number;
}

/**
 * Addresses as the reference plugin host-local keeps them: one file per address, named after it, with the owner inside,
 * created exclusively. What is on disk is the truth; it is read once per range.
 */
export class FileIpam implements Ipam {
  readonly #ranges = new Map<string, Promise<Held>>();
  #turn: Promise<unknown> = Promise.resolve();

  /** `root`: folder that holds one folder per range. */
  constructor(private readonly root: string) {}

  allocate(cidr: string, owner: string): Promise<InterfaceAddress> {
    return this.#inTurn(async () => {
      const held = await this.#held(cidr);
      const known = held.byOwner.get(owner);
      if (known !== undefined) return addressIn(held.range, known);
      for (let at = next(held.range, held.last), tried = held.range.last - held.range.first + 1; tried > 0; at = next(held.range, at), tried--) {
        if (held.taken.has(at) || !(await this.#claim(held, at, owner))) continue;
        return addressIn(held.range, at);
      }
      throw new KeelsonError('KEEL_IPAM_EXHAUSTED', `no IP addresses available in range ${cidr}: ${held.taken.size} are in use`);
    });
  }

  release(cidr: string, owner: string): Promise<void> {
    return this.#inTurn(async () => {
      const held = await this.#held(cidr);
      const known = held.byOwner.get(owner);
      if (known !== undefined) await this.#free(held, known, owner);
    });
  }

  retainOnly(cidr: string, owners: ReadonlySet<string>): Promise<void> {
    return this.#inTurn(async () => {
      const held = await this.#held(cidr);
      for (const [owner, address] of [...held.byOwner]) if (!owners.has(owner)) await this.#free(held, address, owner);
    });
  }

  /** False: somebody else has the address. */
  async #claim(held: Held, address: number, owner: string): Promise<boolean> {
    held.taken.add(address);
    try {
      const file = await open(join(held.folder, addressText(address)), 'wx');
      try {
        await file.writeFile(owner);
      } finally {
        await file.close();
      }
    } catch (error) {
      if ((error as { code?: string }).code === 'EEXIST') return false;
      held.taken.delete(address);
      throw error;
    }
    held.byOwner.set(owner, address);
    held.last = address;
    // Only a hint for the next start: a torn write of it costs nothing.
    const temporary = join(held.folder, `.${lastFile}`);
    await writeFile(temporary, addressText(address));
    await rename(temporary, join(held.folder, lastFile));
    return true;
  }

  async #free(held: Held, address: number, owner: string): Promise<void> {
    await rm(join(held.folder, addressText(address)), { force: true });
    held.byOwner.delete(owner);
    held.taken.delete(address);
  }

  #held(cidr: string): Promise<Held> {
    let held = this.#ranges.get(cidr);
    if (held === undefined) {
      held = this.#read(cidr);
      held.catch(() => this.#ranges.delete(cidr));
      this.#ranges.set(cidr, held);
    }
    return held;
  }

  async #read(cidr: string): Promise<Held> {
    const range = addressRange(cidr);
    const folder = join(this.root, cidr.replace('/', '-'));
    await mkdir(folder, { recursive: true });
    const held: Held = { range, folder, byOwner: new Map(), taken: new Set(), last: range.first - 1 };
    for (const name of await readdir(folder)) {
      const address = addressNumber(name);
      if (address === undefined) continue;
      const owner = await readFile(join(folder, name), 'utf8');
      // Claimed, and killed before the owner was written: nobody has it.
      if (owner === '') await rm(join(folder, name), { force: true });
      else {
        held.byOwner.set(owner, address);
        held.taken.add(address);
      }
    }
    const last = addressNumber((await readFile(join(folder, lastFile), 'utf8').catch(() => '')).trim());
    if (last !== undefined) held.last = last;
    return held;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function addressIn(range: AddressRange, address: number): InterfaceAddress {
  return { address: `${addressText(address)}/${range.prefix}`, gateway: range.gateway };
}

function next({ first, last }: AddressRange, address: number): number {
  return address >= last || address < first ? first : address + 1;
}
