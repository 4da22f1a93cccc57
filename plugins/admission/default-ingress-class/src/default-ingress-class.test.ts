import { Ingress, IngressClass } from '@keelson/api/networking/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const ingress = (ingressClassName?: string, annotations: Record<string, string> = {}) =>
  newObject(Ingress, {
    metadata: { generateName: 'i-', namespace: 'default', annotations },
    spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } }, ...(ingressClassName === undefined ? {} : { ingressClassName }) },
  });
const ingressClass = (name: string, value: string) =>
  newObject(IngressClass, { metadata: { name, annotations: { 'ingressclass.kubernetes.io/is-default-class': value } }, spec: { controller: 'example.org/c' } });

test('an ingress without class gets the newest default one', async () => {
  const { admin, clock, stop } = await pluginCluster(plugin);
  expect((await admin.create(ingress())).spec?.ingressClassName).toBeUndefined();
  await admin.create(ingressClass('no', 'false'));
  await admin.create(ingressClass('older', 'true'));
  await clock.advance(2000);
  await admin.create(ingressClass('newer', 'true'));
  expect((await admin.create(ingress())).spec?.ingressClassName).toBe('newer');
  expect((await admin.create(ingress('no'))).spec?.ingressClassName).toBe('no');
  expect((await admin.create(ingress(undefined, { 'kubernetes.io/ingress.class': 'nginx' }))).spec?.ingressClassName).toBeUndefined();
  await stop();
});
