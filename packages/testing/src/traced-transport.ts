import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { KubeObject } from '@keelson/api';
import type { ApiCall, ApiTransport } from '@keelson/sdk';
import { Attr, SpanName, withSpan } from '@keelson/telemetry';

const methods: Partial<Record<ApiCall['verb'], string>> = { create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE' };

/** Gives a test's writes the span that the server's HTTP side gives a client's, so that traces begin alike. */
export function tracedTransport(inner: ApiTransport, tracer: Tracer, user: string): ApiTransport {
  return {
    watch: (call, handler) => inner.watch(call, handler),
    call: (call) => {
      const method = methods[call.verb];
      if (method === undefined) return inner.call(call);
      const { kind, metadata } = (call.body ?? {}) as Partial<KubeObject>;
      const name = call.name ?? metadata?.name;
      const route = routeOf(call);
      const attributes = {
        [Attr.httpMethod]: method, [Attr.httpRoute]: route, [Attr.resource]: call.plural, [Attr.user]: user,
        ...(kind === undefined || call.verb !== 'create' ? {} : { [Attr.objectKind]: kind }),
        ...(call.namespace === undefined ? {} : { [Attr.objectNamespace]: call.namespace }),
        ...(name === undefined ? {} : { [Attr.objectName]: name }),
      };
      return withSpan(tracer, SpanName.request(method, route), { kind: SpanKind.SERVER, attributes }, () => inner.call(call));
    },
  };
}

function routeOf({ group, version, namespace, plural, name, subresource }: ApiCall): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespace === undefined ? '' : '/namespaces/{namespace}'}/${plural}${name === undefined ? '' : '/{name}'}${subresource === undefined ? '' : `/${subresource}`}`;
}
