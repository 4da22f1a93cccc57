import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { findCluster, type ClusterFlags } from '../cluster/find.ts';
import type { Machine } from '../doctor/machine.ts';
import { CliError, ExitCode } from '../errors.ts';
import { hostsOf } from '../hosts/hosts-of.ts';
import { formatOf, print, table } from '../output/print.ts';
import type { World } from '../world.ts';

/** Flags of `image import` and `image list`. */
export interface ImageFlags extends ClusterFlags {
  /** Sockets of containerds instead of the cluster's hosts. */
  readonly containerd?: readonly string[];
  readonly output?: string;
}

/** An image store: the containerd of one node. */
interface Store {
  readonly node: string;
  readonly socket: string;
}

interface StoredImage {
  readonly image: string;
  readonly size: string;
  readonly nodes: readonly string[];
}

/** Milliseconds for one archive into one node. */
const importMs = 600_000;

/** `keelson image import`: puts archives (OCI layout, or of `docker save`) into every node. */
export async function imageImport(world: World, machine: Machine, files: readonly string[], flags: ImageFlags): Promise<number> {
  const format = formatOf(flags.output);
  const paths = files.map((file) => resolve(world.cwd, file));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new CliError('KEEL_USAGE_IMAGE', `there is no file ${missing}: name an image archive (an OCI layout in a tar, or what "docker save" writes)`);
  const stores = storesOf(world, flags);
  const imported = await Promise.all(stores.map((store) => importInto(store, machine, paths)));
  const images = [...new Set(imported.flat())].sort();
  const nodes = stores.map(({ node }) => node);
  print(world.out, format, { images, nodes }, () => images.map((image) => `imported ${image} into ${nodes.join(', ')}`).join('\n'));
  return ExitCode.ok;
}

/** `keelson image list`: images of all nodes, and which nodes have them. */
export async function imageList(world: World, machine: Machine, flags: ImageFlags): Promise<number> {
  const format = formatOf(flags.output);
  const stores = storesOf(world, flags);
  const found = new Map<string, { size: string; nodes: string[] }>();
  for (const { node, images } of await Promise.all(stores.map(async (store) => ({ node: store.node, images: await listOf(store, machine) })))) {
    for (const { image, size } of images) {
      const known = found.get(image) ?? { size, nodes: [] };
      known.nodes.push(node);
      found.set(image, known);
    }
  }
  const images: readonly StoredImage[] = [...found].map(([image, { size, nodes }]) => ({ image, size, nodes })).sort((a, b) => (a.image < b.image ? -1 : 1));
  print(world.out, format, images, () => table(['IMAGE', 'SIZE', 'NODES'], images.map(({ image, size, nodes }) => [image, size, nodes.length === stores.length ? 'all' : nodes.join(',')])));
  return ExitCode.ok;
}

async function importInto({ node, socket }: Store, machine: Machine, paths: readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const path of paths) {
    const output = await ctr(machine, { node, socket }, ['images', 'import', path], importMs);
    names.push(...[...output.matchAll(/^unpacking (\S+) \(/gm)].map(([, name]) => name!));
  }
  return names;
}

async function listOf(store: Store, machine: Machine): Promise<readonly { readonly image: string; readonly size: string }[]> {
  const output = await ctr(machine, store, ['images', 'list'], 30_000);
  const rows = output.trim().split('\n').slice(1).map((line) => line.split(/\s+/));
  // The same image stands there by its digest too.
  return rows.filter(([image = '']) => image !== '' && !image.startsWith('sha256:')).map(([image = '', , , amount = '', unit = '']) => ({ image, size: `${amount} ${unit}` }));
}

/** containerd's own client, by an argument list. */
async function ctr(machine: Machine, { node, socket }: Store, args: readonly string[], timeoutMs: number): Promise<string> {
  const program = machine.findProgram('ctr');
  if (program === undefined) throw new CliError('KEEL_PROGRAM_CTR', 'ctr is not on this machine, which comes with containerd: install it (Debian: apt-get install containerd)');
  const { ok, output } = await machine.run(program, ['--address', socket, '--namespace', 'k8s.io', ...args], timeoutMs);
  if (ok) return output;
  const reason = output.split('\n').map((line) => line.replace(/^ctr: /, '').trim()).find((line) => line !== '') ?? 'it said nothing';
  throw new CliError('KEEL_ENVIRONMENT_CONTAINERD', `containerd of ${node} at ${socket} did not do "${args.slice(0, 2).join(' ')}": ${reason}`);
}

function storesOf(world: World, flags: ImageFlags): readonly Store[] {
  const given = flags.containerd ?? [];
  if (given.length > 0) return given.map((socket) => ({ node: socket, socket: resolve(world.cwd, socket) }));
  const { place, running } = findCluster(world, flags);
  const hosts = hostsOf(place.dataDir);
  if (hosts.length > 0) return hosts.map(({ name, socket }) => ({ node: name, socket }));
  const state = running === undefined ? 'is not running here' : `runs its pods on ${running.runtime}, which has no images`;
  throw new CliError('KEEL_CLUSTER_NO_IMAGES', `cluster "${place.name}" ${state}: start one with "keelson up --hosts 3 --runtime cri", or name the socket of a containerd with --containerd`);
}
