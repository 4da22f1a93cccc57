import { Event } from '@keelson/api/core/v1';
import { standard } from '@keelson/distro/presets';
import { cluster } from './index.ts';

const pods = Array.from({ length: 12 }, (_, n) => `
apiVersion: v1
kind: Pod
metadata: { name: p${n}, namespace: default }
spec: { containers: [{ name: c, image: example.org/c${n}:1 }] }
`).join('---');

test.each(['a', 'b', 'c'])('events of a pod are listed in the order of its life, seed %s', async (seed) => {
  const at = await cluster(standard, { seed });
  try {
    await at.apply(pods);
    await at.advance('30s');
    const { items } = await at.api.list(Event, { namespace: 'default' });
    for (let n = 0; n < 12; n += 1) {
      const reasons = items.filter(({ involvedObject }) => involvedObject.name === `p${n}`).map(({ reason }) => reason);
      expect(reasons).toEqual(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']);
    }
  } finally {
    await at.close();
  }
});
