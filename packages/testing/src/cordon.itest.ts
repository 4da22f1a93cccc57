import { Event, Node } from '@keelson/api/core/v1';
import { minimal } from '@keelson/distro/presets';
import { cluster } from './index.ts';

test('cordon and uncordon leave the events of the kubelet, once each', async () => {
  const at = await cluster(minimal);
  try {
    await at.advance('1s');
    const [node] = (await at.api.list(Node)).items;
    const { name } = node!.metadata;
    for (const unschedulable of [true, null]) {
      await at.api.patch(Node, { name }, { type: 'merge', body: { spec: { unschedulable } } });
      await at.advance('1s');
      await at.api.patch(Node, { name }, { type: 'merge', body: { metadata: { labels: { touched: String(unschedulable) } } } });
      await at.advance('1m');
    }
    const events = (await at.api.list(Event)).items.filter(({ reason }) => /Schedulable/.test(reason ?? ''));
    expect(events.map(({ reason, message, type, count, source, involvedObject, metadata }) => [reason, message, type, count, source?.component, involvedObject.kind, involvedObject.uid, metadata.namespace])).toEqual([
      ['NodeNotSchedulable', `Node ${name} status is now: NodeNotSchedulable`, 'Normal', 1, 'kubelet', 'Node', name, 'default'],
      ['NodeSchedulable', `Node ${name} status is now: NodeSchedulable`, 'Normal', 1, 'kubelet', 'Node', name, 'default'],
    ]);
  } finally {
    await at.close();
  }
});
