import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Member {
  readonly name: string;
  readonly folder: string;
  readonly client: string;
  readonly peer: string;
  process: ChildProcess | undefined;
}

/** Files in PEM with which the members serve clients, and the authority whose clients they accept. */
export interface ServingFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientAuthority: string;
}

/** A real etcd cluster on loopback, for tests. */
export class EtcdProcesses {
  readonly #members: Member[];
  readonly #root: string;

  private constructor(
    private readonly program: string,
    root: string,
    members: Member[],
    private readonly clientFlags: readonly string[],
  ) {
    this.#root = root;
    this.#members = members;
  }

  /** `program`: path of etcd; `serving`: absent, it serves without TLS. Members are running, not necessarily ready, when it resolves. */
  static async start(program: string, count: number, serving?: ServingFiles): Promise<EtcdProcesses> {
    const root = mkdtempSync(join(tmpdir(), 'keelson-etcd-'));
    const ports = await freePorts(2 * count);
    const members = Array.from({ length: count }, (_, i) => ({
      name: `m${i}`,
      folder: join(root, `m${i}`),
      client: `${serving === undefined ? 'http' : 'https'}://127.0.0.1:${ports[2 * i]}`,
      peer: `http://127.0.0.1:${ports[2 * i + 1]}`,
      process: undefined,
    }));
    const clientFlags = serving === undefined ? [] : ['--cert-file', serving.cert, '--key-file', serving.key, '--trusted-ca-file', serving.clientAuthority, '--client-cert-auth'];
    const cluster = new EtcdProcesses(program, root, members, clientFlags);
    for (const index of members.keys()) cluster.run(index);
    return cluster;
  }

  get endpoints(): string[] {
    return this.#members.map(({ client }) => client);
  }

  /** Starts a member (again) on its old data. */
  run(index: number): void {
    const { name, folder, client, peer } = this.#members[index]!;
    const cluster = this.#members.map((member) => `${member.name}=${member.peer}`).join(',');
    this.#members[index]!.process = spawn(
      this.program,
      [
        ...['--name', name, '--data-dir', folder, '--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', cluster, '--logger', 'zap', '--log-level', 'error'],
        // Elections within the test's patience.
        ...['--heartbeat-interval', '50', '--election-timeout', '500'],
        ...this.clientFlags,
      ],
      { stdio: 'ignore' },
    );
  }

  async kill(index: number): Promise<void> {
    const { process: child } = this.#members[index]!;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Index of the present leader, by asking the members over their JSON gateway. */
  async leader(): Promise<number> {
    for (let tries = 0; tries < 100; tries++) {
      for (const [index, { client }] of this.#members.entries()) {
        const status = await fetch(`${client}/v3/maintenance/status`, { method: 'POST', body: '{}' }).then(
          (response) => response.json() as Promise<{ leader?: string; header?: { member_id?: string } }>,
          () => undefined,
        );
        if (status?.leader !== undefined && status.leader === status.header?.member_id) return index;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no member is the leader');
  }

  async stop(): Promise<void> {
    for (const index of this.#members.keys()) await this.kill(index);
    rmSync(this.#root, { recursive: true, force: true });
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
  return ports;
}
