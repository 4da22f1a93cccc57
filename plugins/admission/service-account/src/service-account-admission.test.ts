import { Pod, ServiceAccount, type Container } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const container = (more: Partial<Container> = {}): Container => ({ name: 'c', image: 'i', ...more }) as Container;
const pod = (spec: Partial<Pod['spec']> = {}, annotations?: Record<string, string>) =>
  newObject(Pod, { metadata: { generateName: 'p-', namespace: 'default', ...(annotations ? { annotations } : {}) }, spec: { containers: [container()], ...spec } });
const account = (name: string, more: Partial<ServiceAccount> = {}) => newObject(ServiceAccount, { ...more, metadata: { name, namespace: 'default', ...more.metadata } });
const mounts = (one: Container | undefined) => (one?.volumeMounts ?? []).map(({ mountPath }) => mountPath);
const path = '/var/run/secrets/kubernetes.io/serviceaccount';

async function withDefault(more: Partial<ServiceAccount> = {}) {
  const cluster = await pluginCluster(plugin);
  await cluster.admin.create(account('default', more));
  return cluster;
}

test('a pod gets the default account and its token volume in every container', async () => {
  const { admin, stop } = await withDefault();
  const made = await admin.create(pod({ initContainers: [container({ name: 'i' })] }));
  expect(made.spec.serviceAccountName).toBe('default');
  const [volume] = made.spec.volumes ?? [];
  expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
  expect(volume?.projected?.defaultMode).toBe(420);
  expect(volume?.projected?.sources).toEqual([
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ]);
  for (const one of [...made.spec.containers, ...(made.spec.initContainers ?? [])]) {
    expect(one.volumeMounts).toEqual([{ name: volume?.name, readOnly: true, mountPath: path }]);
  }
  await stop();
});

test('a container that mounts something there keeps it; without another one there is no volume', async () => {
  const { admin, stop } = await withDefault();
  const own = { name: 'own', mountPath: path };
  const made = await admin.create(pod({ volumes: [{ name: 'own', emptyDir: {} }], containers: [container({ volumeMounts: [own] })] }));
  expect(made.spec.volumes).toHaveLength(1);
  expect(made.spec.containers[0]?.volumeMounts).toEqual([own]);
  await stop();
});

test.each([
  ['the account says no', false, undefined, []],
  ['the pod says no', undefined, false, []],
  ['the pod overrules the account', false, true, [path]],
])('%s', async (_, ofAccount, ofPod, expected) => {
  const { admin, stop } = await withDefault(ofAccount === undefined ? {} : { automountServiceAccountToken: ofAccount });
  const made = await admin.create(pod(ofPod === undefined ? {} : { automountServiceAccountToken: ofPod }));
  expect(mounts(made.spec.containers[0])).toEqual(expected);
  await stop();
});

test('pull secrets come from the account unless the pod names its own', async () => {
  const { admin, stop } = await withDefault({ imagePullSecrets: [{ name: 'registry' }] });
  expect((await admin.create(pod())).spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  expect((await admin.create(pod({ imagePullSecrets: [{ name: 'mine' }] }))).spec.imagePullSecrets).toEqual([{ name: 'mine' }]);
  await stop();
});

test('an account that does not exist is refused at once', async () => {
  const { admin, stop } = await withDefault();
  await expect(admin.create(pod({ serviceAccountName: 'robot' }))).rejects.toMatchObject({
    message: 'pods "p-" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found', httpCode: 403,
  });
  await stop();
});

test('the default account is waited for, and no longer than the bound', async () => {
  const { admin, clock, settle, stop } = await pluginCluster(plugin);
  let late: unknown;
  const refused = admin.create(pod()).catch((error: unknown) => (late = error));
  await settle();
  expect(late).toBeUndefined();
  await clock.advance(1499);
  expect(late).toBeUndefined();
  await clock.advance(1);
  await refused;
  expect(late).toMatchObject({ reason: 'Forbidden' });
  const waiting = admin.create(pod());
  await clock.advance(700);
  await admin.create(account('default'));
  expect((await waiting).spec.serviceAccountName).toBe('default');
  expect(clock.pending).toBe(0);
  await stop();
});

test('a mirror pod has no account, no tokens and no secrets', async () => {
  const { admin, stop } = await withDefault();
  const mirror = { 'kubernetes.io/config.mirror': 'x' };
  const made = await admin.create(pod({}, mirror));
  expect(made.spec.volumes ?? []).toEqual([]);
  await expect(admin.create(pod({ serviceAccountName: 'default' }, mirror))).rejects.toMatchObject({ message: expect.stringContaining('a mirror pod may not reference service accounts') as string });
  await expect(admin.create(pod({ volumes: [{ name: 's', secret: { secretName: 's' } }] }, mirror))).rejects.toMatchObject({ reason: 'Forbidden' });
  await stop();
});

test('an enforcing account allows only its own secrets', async () => {
  const { admin, stop } = await withDefault({ secrets: [{ name: 'mine' }], metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } as never });
  const volume = (secretName: string) => pod({ volumes: [{ name: 'v', secret: { secretName } }] });
  await expect(admin.create(volume('mine'))).resolves.toBeDefined();
  await expect(admin.create(volume('other'))).rejects.toMatchObject({
    message: expect.stringMatching(/^pods "p-\w{5}" is forbidden: volume with secret.secretName="other" is not allowed because service account default does not reference that secret$/) as string,
  });
  const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'other', key: 'k' } } }];
  await expect(admin.create(pod({ containers: [container({ env })] }))).rejects.toMatchObject({ message: expect.stringContaining('container c with envVar KEY referencing secret.secretName="other"') as string });
  await stop();
});
