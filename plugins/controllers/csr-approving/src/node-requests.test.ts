import { CertificateSigningRequest } from '@keelson/api/certificates/v1';
import { Node } from '@keelson/api/core/v1';
import { apiClient, newObject } from '@keelson/client';
import { createCertificateRequest, readCertificateRequest } from '@keelson/kernel/apiserver/pki';
import { CertificateSigner } from '@keelson/sdk/auth';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const signer = CertificateSigner.provide({ read: readCertificateRequest, sign: () => Promise.resolve(undefined) });
const group = 'rbac.authorization.k8s.io';
const kubelet = { commonName: 'system:node:one', organizations: ['system:nodes'] };
const clientUsages = ['digital signature', 'client auth'];

async function world() {
  const cluster = await pluginCluster({ plugin, given: [signer] });
  const bind = (role: string, to: string) => cluster.admin.create({ apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: { name: role }, roleRef: { apiGroup: group, kind: 'ClusterRole', name: `system:certificates.k8s.io:certificatesigningrequests:${role}` }, subjects: [{ apiGroup: group, kind: 'Group', name: to }] } as never);
  await cluster.admin.create({ apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'ask' }, roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'system:node-bootstrapper' }, subjects: [{ apiGroup: group, kind: 'Group', name: 'system:authenticated' }] } as never);
  const ask = async (user: { name: string; groups: string[] }, spec: { commonName: string; organizations: string[]; hosts?: string[]; signerName?: string; usages?: string[] }) => {
    const { request } = await createCertificateRequest(spec);
    const api = apiClient(cluster.server.transportFor({ ...user, groups: [...user.groups, 'system:authenticated'] }));
    const { metadata } = await api.create(newObject(CertificateSigningRequest, {
      metadata: { generateName: 'csr-' }, spec: { request: Buffer.from(request).toString('base64'), signerName: spec.signerName ?? 'kubernetes.io/kube-apiserver-client-kubelet', usages: spec.usages ?? clientUsages },
    } as never));
    // Parsing is real cryptography, which no virtual clock waits for.
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await cluster.settle();
    }
    return metadata;
  };
  const state = async (ref: { name: string }) => (await cluster.admin.get(CertificateSigningRequest, ref))?.status?.conditions?.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  return { ...cluster, bind, ask, state };
}

const bootstrapper = { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers'] };
const node = { name: 'system:node:one', groups: ['system:nodes'] };

test('a bootstrapper gets its node certificate once a binding says that it may', async () => {
  const { bind, ask, state, stop } = await world();
  const early = await ask(bootstrapper, kubelet);
  expect(await state(early)).toBeUndefined();
  await bind('nodeclient', 'system:bootstrappers');
  const ref = await ask(bootstrapper, kubelet);
  expect(await state(ref)).toEqual(['Approved AutoApproved: Auto approving kubelet client certificate after SubjectAccessReview.']);
  await stop();
});

test('a node renews its own certificate, and no other', async () => {
  const { bind, ask, state, stop } = await world();
  await bind('selfnodeclient', 'system:nodes');
  expect(await state(await ask(node, kubelet))).toEqual(['Approved AutoApproved: Auto approving self kubelet client certificate after SubjectAccessReview.']);
  expect(await state(await ask(node, { ...kubelet, commonName: 'system:node:two' }))).toBeUndefined();
  await stop();
});

test('other subjects, names and usages wait for a person', async () => {
  const { bind, ask, state, stop } = await world();
  await bind('nodeclient', 'system:bootstrappers');
  for (const spec of [{ ...kubelet, organizations: ['system:nodes', 'system:masters'] }, { ...kubelet, commonName: 'admin' }, { ...kubelet, hosts: ['10.0.0.1'] }, { ...kubelet, usages: [...clientUsages, 'server auth'] }, { ...kubelet, signerName: 'kubernetes.io/kube-apiserver-client' }]) {
    expect(await state(await ask(bootstrapper, spec))).toBeUndefined();
  }
  await stop();
});

test('a serving certificate is for the addresses of the node that asks, also when they come later', async () => {
  const { admin, ask, state, settle, stop } = await world();
  const serving = { ...kubelet, signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] };
  const fits = await ask(node, { ...serving, hosts: ['10.0.0.1', 'one'] });
  expect(await state(fits)).toBeUndefined();
  await admin.create(newObject(Node, { metadata: { name: 'one' } }));
  await admin.patch(Node, { name: 'one' }, { type: 'merge', body: { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }, { type: 'Hostname', address: 'one' }] } } }, { subresource: 'status' });
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await settle();
  }
  expect(await state(fits)).toEqual(['Approved AutoApproved: Auto approving kubelet serving certificate: its names are addresses of the node that asks.']);
  expect(await state(await ask(node, { ...serving, hosts: ['10.0.0.1', '10.0.0.2'] }))).toBeUndefined();
  expect(await state(await ask({ name: 'system:node:two', groups: ['system:nodes'] }, { ...serving, hosts: ['10.0.0.1'] }))).toBeUndefined();
  await stop();
});
