import { join } from 'node:path';
import { KeelsonError } from '@keelson/sdk';
import { addressText, nthSubnet, parseSubnet } from './fabric/subnet.ts';

/** What `planHosts` is asked for. */
export interface HostsWish {
  /** Short and unique for the cluster: names of devices and namespaces carry it. */
  readonly id: string;
  readonly count: number;
  /** IPv4 range of the hosts' network, for example 10.99.0.0/24. */
  readonly subnet: string;
  /** Range that pods take their addresses from, and the length of each node's part. */
  readonly podCidr: string;
  readonly podCidrMask: number;
  /** Kept between runs: images, keys, logs. */
  readonly dataDir: string;
  /** Gone with the power: sockets, state of running containers. */
  readonly runDir: string;
}

/** One host as planned. */
export interface HostPlan {
  /** Also the node's. */
  readonly name: string;
  readonly netns: string;
  readonly address: string;
  readonly podCidr: string;
  readonly dataDir: string;
  readonly runDir: string;
}

/** Everything about the hosts of one cluster that follows from the wish; pure. */
export interface HostsPlan {
  readonly id: string;
  readonly subnet: string;
  readonly prefix: number;
  /** Of the machine itself in the hosts' network; the API server listens there. */
  readonly gateway: string;
  /** Range of all pods. */
  readonly podCidr: string;
  readonly fabricNetns: string;
  /** Device of the machine that leads to the hosts. */
  readonly uplink: string;
  readonly dataDir: string;
  readonly runDir: string;
  readonly hosts: readonly HostPlan[];
}

/** Longest id for which all device names fit into the kernel's 15 characters. */
const idForm = /^[a-z0-9]{1,8}$/;

/** Names and addresses of the hosts. Throws KEEL_HOSTS_PLAN when they do not fit into the ranges. */
export function planHosts({ id, count, subnet, podCidr, podCidrMask, dataDir, runDir }: HostsWish): HostsPlan {
  if (!idForm.test(id)) throw new KeelsonError('KEEL_HOSTS_PLAN', `cluster id "${id}" cannot be part of device names: use up to 8 lower-case letters and digits`);
  const { base, prefix } = parseSubnet(subnet);
  const last = base + 2 ** (32 - prefix) - 2;
  if (base + count >= last) throw new KeelsonError('KEEL_HOSTS_PLAN', `network ${subnet} has no room for ${count} hosts and their gateway: choose a larger one with --hosts-network`);
  return {
    id, subnet, prefix, podCidr, dataDir, runDir,
    gateway: addressText(last),
    fabricNetns: `kl-${id}-fabric`,
    uplink: `kl-${id}`,
    hosts: Array.from({ length: count }, (_, index) => {
      const name = `host${index + 1}`;
      return {
        name, netns: `kl-${id}-${name}`, address: addressText(base + index + 1), podCidr: nthSubnet(podCidr, podCidrMask, index),
        dataDir: join(dataDir, name), runDir: join(runDir, name),
      };
    }),
  };
}
