import { Ingress, IngressClass } from '@keelson/api/networking/v1';
import type { AdmissionHandler } from '@keelson/sdk/admission';

/** An ingress that names no class gets the default class; of several the newest. */
export const defaultIngressClass: AdmissionHandler = {
  name: 'default-ingress-class',
  handles: { operations: ['CREATE'], kinds: [Ingress] },
  async mutate(request, lookup) {
    const ingress = request.object as Ingress;
    const annotated = ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined;
    if (annotated || ingress.spec?.ingressClassName !== undefined) return;
    await lookup.ready(IngressClass);
    const defaults = lookup.list(IngressClass).filter(({ metadata }) => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true');
    const [newest] = [...defaults].sort(newestFirst);
    if (newest !== undefined) ingress.spec = { ...ingress.spec, ingressClassName: newest.metadata.name };
  },
};

function newestFirst(a: IngressClass, b: IngressClass): number {
  return Date.parse(b.metadata.creationTimestamp ?? '') - Date.parse(a.metadata.creationTimestamp ?? '') || (a.metadata.name < b.metadata.name ? -1 : 1);
}
