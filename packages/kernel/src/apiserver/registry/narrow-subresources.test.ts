import { narrowUpdate } from './narrow-subresources.ts';

const pod = (spec: object, labels = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', resourceVersion: '7', labels }, spec, status: { phase: 'Running' } }) as never;

describe('narrowUpdate', () => {
  it('lets ephemeralcontainers add containers and nothing else', () => {
    const next: Record<string, unknown> = pod({ containers: [{ name: 'a', image: 'evil' }], ephemeralContainers: [{ name: 'debug' }] }, { stolen: 'yes' });
    narrowUpdate('ephemeralcontainers', next as never, pod({ containers: [{ name: 'a', image: 'good' }] }));
    expect(next).toEqual(pod({ containers: [{ name: 'a', image: 'good' }], ephemeralContainers: [{ name: 'debug' }] }));
  });

  it('lets resize change resources and nothing else', () => {
    const next: Record<string, unknown> = pod({ containers: [{ name: 'a', image: 'evil', resources: { limits: { cpu: '2' } } }] });
    narrowUpdate('resize', next as never, pod({ containers: [{ name: 'a', image: 'good', resources: { limits: { cpu: '1' } } }] }));
    expect(next).toEqual(pod({ containers: [{ name: 'a', image: 'good', resources: { limits: { cpu: '2' } } }] }));
  });

  it('leaves other subresources alone', () => {
    const next = pod({ nodeName: 'n' });
    narrowUpdate('binding', next, pod({}));
    expect(next).toEqual(pod({ nodeName: 'n' }));
  });
});
