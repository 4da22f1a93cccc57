import type { KubeObject } from '@keelson/api';
import { Deployment } from '@keelson/api/apps/v1';
import { Namespace, Node, Pod, Service } from '@keelson/api/core/v1';
import { isStatus, type Random } from '@keelson/sdk';
import type { BusFaults, TestCluster } from '../index.ts';

const namespaces = ['default', 'a', 'b'];
const apps = ['x', 'y', 'z'];
const policies = ['Background', 'Foreground', 'Orphan'] as const;

const deployment = (namespace: string, name: string, replicas: number): KubeObject =>
  ({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace },
    spec: {
      replicas, selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'example.org/main:1', ports: [{ name: 'http', containerPort: 8080 }] }] } },
    },
  }) as unknown as KubeObject;

const service = (namespace: string, name: string): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] } }) as unknown as KubeObject;

/** What a user does to a cluster, by chance; what cannot be done at the moment is refused, as it would be. */
export class Script {
  readonly done: string[] = [];
  #nodes = 3;

  constructor(private readonly random: Random) {}

  /** Chances of trouble for a while. */
  trouble(): BusFaults {
    const chance = (most: number): number => (this.random.next() < 0.4 ? 0 : this.random.next() * most);
    return {
      stale: chance(0.3), staleMs: [100, 1000, 15_000][this.random.int(3)]!, drop: chance(0.1), reorder: chance(0.3), failWrite: chance(0.2), loseAnswer: chance(0.2), crash: chance(0.02),
      ...(this.random.next() < 0.1 ? { cutOff: ['@keelson/node'] } : {}),
    };
  }

  /** Does something, and lets a random time pass. */
  async step(test: TestCluster): Promise<void> {
    const [what, act] = this.#draw(test);
    this.done.push(`${Math.round(test.clock.monotonic() / 1000)}s ${what}`);
    try {
      await act();
    } catch (error) {
      if (!refusals.some((reason) => isStatus(error, reason))) throw error;
    }
    await test.advance([0, 50, 500, 3000, 40_000][this.random.int(5)]!);
  }

  #draw(test: TestCluster): readonly [string, () => Promise<unknown>] {
    const { api } = test;
    const namespace = this.#one(namespaces);
    const name = this.#one(apps);
    const ref = { namespace, name };
    const at = `${namespace}/${name}`;
    const replicas = this.random.int(5);
    const patch = (body: object) => () => api.patch(Deployment, ref, { type: 'merge', body });
    switch (this.random.int(16)) {
      case 0:
        return [`create namespace ${namespace}`, () => api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } as KubeObject)];
      case 1:
        return namespace === 'default' ? this.#draw(test) : [`delete namespace ${namespace}`, () => api.delete({ kind: Namespace, ref: { name: namespace } })];
      case 2:
      case 3:
      case 4:
      case 5:
        return [`create deployment ${at} of ${replicas}`, () => api.create(deployment(namespace, name, replicas))];
      case 6:
      case 7:
        return [`scale ${at} to ${replicas}`, patch({ spec: { replicas } })];
      case 8:
      case 9: {
        const image = `example.org/main:${this.random.int(4)}`;
        return [`set image of ${at} to ${image}`, () => api.patch(Deployment, ref, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } } })];
      }
      case 10: {
        const propagationPolicy = this.#one(policies);
        return [`delete deployment ${at} ${propagationPolicy}`, () => api.delete({ kind: Deployment, ref }, { propagationPolicy })];
      }
      case 11:
      case 12:
        return [`create service ${at}`, () => api.create(service(namespace, name))];
      case 13:
        return [`delete service ${at}`, () => api.delete({ kind: Service, ref })];
      case 14:
        return ['delete some pod', () => this.#deletePod(test)];
      default:
        return this.#node(test);
    }
  }

  #node(test: TestCluster): readonly [string, () => Promise<unknown>] {
    const name = `node-${this.random.int(3)}`;
    if (this.#nodes > 2 && this.random.next() < 0.3) {
      this.#nodes -= 1;
      return ['delete some node', async () => {
        const node = (await test.api.list(Node)).items.at(-1);
        if (node !== undefined) await test.api.delete({ kind: Node, ref: { name: node.metadata.name! } });
      }];
    }
    const unschedulable = this.random.next() < 0.5;
    return [`${unschedulable ? 'cordon' : 'uncordon'} some node`, async () => {
      const nodes = (await test.api.list(Node)).items;
      const node = nodes[name.charCodeAt(5) % Math.max(1, nodes.length)];
      if (node !== undefined) await test.api.patch(Node, { name: node.metadata.name! }, { type: 'merge', body: { spec: { unschedulable } } });
    }];
  }

  async #deletePod(test: TestCluster): Promise<void> {
    const pods = (await test.api.list(Pod)).items;
    const pod = pods[this.random.int(Math.max(1, pods.length))];
    if (pod !== undefined) await test.api.delete({ kind: Pod, ref: { namespace: pod.metadata.namespace, name: pod.metadata.name } }, this.random.next() < 0.3 ? { gracePeriodSeconds: 0 } : {});
  }

  #one<T>(values: readonly T[]): T {
    return values[this.random.int(values.length)]!;
  }
}

const refusals = ['NotFound', 'AlreadyExists', 'Conflict', 'Forbidden'] as const;
