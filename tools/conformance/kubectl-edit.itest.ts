import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, everyPart, program } from '../jest/require-part.ts';
import { KeelsonProcess } from './keelson-process.ts';
import { Kubectl } from './kubectl.ts';

jest.setTimeout(90_000);

describeWith(everyPart(program('kubectl-1.27'), program('kubectl-1.35')))('kubectl edit', () => {
  let keelson: KeelsonProcess;
  const folder = mkdtempSync(join(tmpdir(), 'keelson-edit-'));
  const admin = (): Kubectl => new Kubectl(keelson.ready.kubeconfig);

  beforeAll(async () => {
    keelson = await KeelsonProcess.start({ flags: ['--nodes', '1', '--storage', 'memory'] });
    await admin().run('create deployment web --image=example.org/web:1');
  });
  afterAll(async () => {
    await keelson.destroy();
    rmSync(folder, { recursive: true });
  });

  /** An editor that works by itself, as a person would with the file that kubectl hands over. */
  function editor(name: string, script: string): Readonly<Record<string, string>> {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { KUBE_EDITOR: path };
  }

  for (const client of ['kubectl-1.27', 'kubectl-1.35']) {
    describe(client, () => {
      const kubectl = (env: Readonly<Record<string, string>>): Kubectl => new Kubectl(keelson.ready.kubeconfig, client, env);

      it('stores what the editor changed', async () => {
        const replicas = client === 'kubectl-1.27' ? 2 : 3;
        expect(await kubectl(editor('scale', `sed -i 's/^  replicas: .*/  replicas: ${replicas}/' "$1"`)).run('edit deploy web')).toContain('deployment.apps/web edited');
        expect(await admin().run('get deploy web -o jsonpath={.spec.replicas}')).toBe(String(replicas));
        await admin().run('rollout status deploy/web --timeout=30s');
      });

      it('changes nothing when the editor does not', async () => {
        expect((await kubectl(editor('same', 'exit 0')).try('edit deploy web')).stderr).toContain('Edit cancelled, no changes made');
      });

      it('opens the editor again with the server\'s reason on top, and gives up when nothing changes', async () => {
        const seen = join(folder, `seen-${client}`);
        const env = editor('wrong', `cat "$1" >> ${seen}; grep -q 'replicas: -5' "$1" && exit 1; sed -i 's/^  replicas: .*/  replicas: -5/' "$1"`);
        const ran = await kubectl(env).try('edit deploy web');
        expect(ran.code).not.toBe(0);
        expect(readFileSync(seen, 'utf8')).toMatch(/# deployments\.apps "web" was not valid:\n# \* spec\.replicas: Invalid value: -5: must be greater than or equal to 0/);
        expect(await admin().run('get deploy web -o jsonpath={.spec.replicas}')).not.toBe('-5');
      });

      it('takes JSON as well', async () => {
        const env = editor('json', `sed -i 's/"app": "web"/"app": "web", "edited-by": "${client}"/' "$1"`);
        const name = `plain-${client.replaceAll('.', '-')}`;
        await admin().run(`create configmap ${name}`);
        await admin().run(`label configmap ${name} app=web`);
        expect(await kubectl(env).run(`edit configmap ${name} -o json`)).toContain('edited');
        expect(await admin().run(`get configmap ${name} -o jsonpath={.metadata.labels.edited-by}`)).toBe(client);
      });
    });
  }
});
