import { fileURLToPath } from 'node:url';
import { describeWith, program } from '../jest/require-part.ts';
import { KeelsonProcess } from './keelson-process.ts';
import { Kubectl } from './kubectl.ts';

const guestbook = fileURLToPath(new URL('../../examples/guestbook.yaml', import.meta.url));

type Any = any;

jest.setTimeout(180_000);

// The oldest and the newest kubectl that set-up brings: the user's session, command by command.
for (const client of ['kubectl-1.27', 'kubectl-1.35']) {
  describeWith(program(client))(`the user's session with ${client}`, () => {
    let keelson: KeelsonProcess;
    let kubectl: Kubectl;

    beforeAll(async () => {
      keelson = await KeelsonProcess.start({ flags: ['--nodes', '3'] });
      kubectl = new Kubectl(keelson.ready.kubeconfig, client);
    });
    afterAll(async () => {
      await keelson.destroy();
    });

    it('tells about the cluster', async () => {
      await kubectl.run('wait --for=condition=Ready node --all --timeout=30s');
      expect((await kubectl.run('get nodes')).match(/ Ready /g)).toHaveLength(3);
      expect(await kubectl.run(['get', '--raw', '/readyz?verbose'])).toContain('readyz check passed');
      expect(await kubectl.run('version')).toContain('Server Version');
      const resources = await kubectl.run('api-resources');
      for (const line of ['deployments', 'endpointslices', 'customresourcedefinitions', 'resourceclaims']) expect(resources).toContain(line);
      expect(await kubectl.run('cluster-info')).toContain(keelson.ready.server);
      const before = await kubectl.json<Any>('get service kubernetes');
      await kubectl.run('delete service kubernetes');
      const after = await kubectl.json<Any>('get service kubernetes');
      expect(after.spec.clusterIP).toBe(before.spec.clusterIP);
      expect(after.metadata.uid).not.toBe(before.metadata.uid);
    });

    it('brings the guestbook up', async () => {
      const applied = await kubectl.run(['apply', '-f', guestbook]);
      expect(applied.trim().split('\n')).toHaveLength(7);
      expect(await kubectl.run('rollout status deploy/frontend --timeout=60s')).toContain('successfully rolled out');
      await kubectl.run('rollout status deploy/store -n guestbook-store --timeout=60s');
      const all = await kubectl.run('get all -o wide');
      expect(all.match(/pod\/frontend-\S+\s+1\/1\s+Running/g)).toHaveLength(3);
      expect(all).toMatch(/deployment.apps\/frontend\s+3\/3\s+3\s+3/);
      expect(all).toMatch(/service\/frontend\s+NodePort\s+10\.96\.\d+\.\d+\s+<none>\s+80:3\d{4}\/TCP/);
    });

    it('describes pods, shows logs and events', async () => {
      const [pod] = (await kubectl.json<Any>('get pods -l tier=frontend')).items;
      const described = await kubectl.run(`describe pod ${pod.metadata.name}`);
      for (const text of ['Successfully assigned default/', 'Pulled', 'Started', 'Ready', 'frontend']) expect(described).toContain(text);
      expect(await kubectl.run(`logs ${pod.metadata.name}`)).toMatch(/simulat/i);
      expect(await kubectl.run('get events')).toMatch(/Scaled up replica set frontend-\S+/);
      expect(await kubectl.run('describe deploy frontend')).toContain('NewReplicaSetAvailable');
      const endpoints = await kubectl.json<Any>('get endpoints frontend');
      expect(endpoints.subsets[0].addresses).toHaveLength(3);
      const slices = await kubectl.json<Any>('get endpointslices -l kubernetes.io/service-name=frontend');
      expect(slices.items[0].endpoints).toHaveLength(3);
    });

    it('scales, rolls out and rolls back, while another terminal watches', async () => {
      const watch = kubectl.spawn('get pods -w');
      let seen = '';
      watch.stdout!.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      await kubectl.run('scale deploy/frontend --replicas=5');
      await kubectl.run('rollout status deploy/frontend --timeout=60s');
      expect((await kubectl.json<Any>('get deploy frontend')).status.readyReplicas).toBe(5);
      await kubectl.run('set image deploy/frontend frontend=registry.example.org/guestbook/frontend:2.0');
      await kubectl.run('rollout status deploy/frontend --timeout=60s');
      expect(await kubectl.run('rollout history deploy/frontend')).toMatch(/1[\s\S]*2/);
      await kubectl.run('rollout undo deploy/frontend');
      await kubectl.run('rollout status deploy/frontend --timeout=60s');
      expect((await kubectl.json<Any>('get deploy frontend')).spec.template.spec.containers[0].image).toBe('registry.example.org/guestbook/frontend:1.0');
      await kubectl.run('rollout restart deploy/frontend');
      await kubectl.run('rollout status deploy/frontend --timeout=60s');
      await kubectl.run('scale deploy/frontend --replicas=2');
      await kubectl.run(['wait', '--for=jsonpath={.status.readyReplicas}=2', 'deploy/frontend', '--timeout=60s']);
      watch.kill();
      expect(seen).toMatch(/Pending/);
      expect(seen).toMatch(/Running/);
      expect(seen).toMatch(/Terminating/);
    });

    it('labels, annotates, patches in three ways, explains and diffs', async () => {
      await kubectl.run('label deploy/frontend stage=test');
      await kubectl.run('annotate deploy/frontend example.org/by=session');
      await kubectl.run(['patch', 'deploy', 'frontend', '-p', '{"spec":{"template":{"spec":{"containers":[{"name":"frontend","env":[{"name":"A","value":"1"}]}]}}}}']);
      await kubectl.run(['patch', 'deploy', 'frontend', '--type=merge', '-p', '{"metadata":{"labels":{"stage":"merged"}}}']);
      await kubectl.run(['patch', 'deploy', 'frontend', '--type=json', '-p', '[{"op":"add","path":"/metadata/labels/json","value":"yes"}]']);
      const deployment = await kubectl.json<Any>('get deploy frontend');
      expect(deployment.metadata.labels).toMatchObject({ stage: 'merged', json: 'yes' });
      expect(deployment.spec.template.spec.containers[0].env.map((env: Any) => env.name).sort()).toEqual(['A', 'STORE_ADDRESS']);
      expect(await kubectl.run('explain deployment.spec.strategy.rollingUpdate')).toContain('maxSurge');
      const diff = await kubectl.try(['diff', '-f', guestbook]);
      expect(diff.code).toBe(1);
      expect(diff.stdout).toContain('+  replicas: 3');
      await kubectl.run(['apply', '-f', guestbook]);
      await kubectl.run('rollout status deploy/frontend --timeout=60s');
    });

    it('deletes in the background, in the foreground and with orphans', async () => {
      await kubectl.run('delete deploy frontend --cascade=foreground --timeout=60s');
      expect((await kubectl.json<Any>('get rs -l tier=frontend')).items).toEqual([]);
      await kubectl.run('wait --for=delete pod -l tier=frontend --timeout=60s');
      await kubectl.run(['apply', '-f', guestbook]);
      await kubectl.run('rollout status deploy/frontend --timeout=60s');
      await kubectl.run('delete deploy frontend --cascade=orphan');
      const [replicaSet] = (await kubectl.json<Any>('get rs -l tier=frontend')).items;
      expect(replicaSet.metadata.ownerReferences).toBeUndefined();
      expect((await kubectl.json<Any>('get pods -l tier=frontend')).items).toHaveLength(3);
      await kubectl.run(`delete rs ${replicaSet.metadata.name} --cascade=background`);
      await kubectl.run('wait --for=delete pod -l tier=frontend --timeout=60s');
      await kubectl.run('delete namespace guestbook-store --timeout=60s');
      expect((await kubectl.try('get namespace guestbook-store')).stderr).toContain('not found');
    });
  });
}
