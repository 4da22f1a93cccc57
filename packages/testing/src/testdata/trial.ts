import { Node } from '@keelson/api/core/v1';
import { defineDistribution, use } from '@keelson/distro';
import { standard } from '@keelson/distro/presets';
import nodeAgent from '@keelson/node/plugin';
import { seededRandom, type Random } from '@keelson/sdk';
import { cluster, explained, type TestCluster } from '../index.ts';
import { faultsOfEndState, restlessWrites } from './end-state.ts';
import { Script } from './script.ts';

const distribution = defineDistribution({ name: 'three-nodes', version: '0.1.0', extends: [standard], configure: [use(nodeAgent, { nodes: 3 })] });

/** A random script under random faults, then rest. Errors: an `Error` with what is wrong, the script, seed and spans. */
export async function faultTrial(seed: string, steps = 25): Promise<void> {
  const chance = seededRandom(`${seed}/script`);
  const script = new Script(chance);
  const test = await cluster(distribution, { seed });
  try {
    await live(test, script, chance, steps);
    await expectRest(test, script);
  } finally {
    await test.close();
  }
}

/** The same, with the whole cluster crashing at random writes and going on from what was stored. */
export async function crashTrial(seed: string, crashes = 3): Promise<void> {
  const chance = seededRandom(`${seed}/crash`);
  const script = new Script(chance);
  let test = await cluster(distribution, { seed });
  try {
    for (let crash = 0; crash < crashes; crash++) {
      const next = test.crashAtWrite(1 + chance.int(150));
      let after: TestCluster | undefined;
      void next.then((fork) => (after = fork));
      while (after === undefined) await live(test, script, chance, 1);
      await test.close();
      script.done.push('--- crash ---');
      test = after;
    }
    await live(test, script, chance, 5);
    await expectRest(test, script);
  } finally {
    await test.close();
  }
}

async function live(test: TestCluster, script: Script, chance: Random, steps: number): Promise<void> {
  for (let at = 0; at < steps; at++) {
    if (at % 5 === 0) test.faults.set(script.trouble());
    await script.step(test);
    if (chance.next() < 0.05) test.faults.set({});
  }
}

/** Heals everything, waits, and holds the cluster to what was asked of it. */
async function expectRest(test: TestCluster, script: Script): Promise<void> {
  test.faults.set({});
  for (const node of (await test.api.list(Node)).items) await test.api.patch(Node, { name: node.metadata.name }, { type: 'merge', body: { spec: { unschedulable: false } } });
  await test.advance('20m');
  const before = test.log.lines.length;
  await test.advance('1h');
  const restless = restlessWrites(test.log.lines.slice(before)).map((line) => `is not at rest: ${line}`);
  const wrong = [...(await faultsOfEndState(test)), ...restless];
  if (wrong.length > 0) throw explained(new Error(`${wrong.length} wrong:\n${wrong.slice(0, 20).join('\n')}\n\nwhat was done:\n${script.done.join('\n')}`), test);
}
