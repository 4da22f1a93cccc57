import { settingsFrom } from './settings.ts';

describe('settingsFrom', () => {
  it('keeps spans in the ring without any variable', () => {
    expect(settingsFrom({})).toEqual({ enabled: true, sampling: { ratio: 1, parentBased: true }, resource: { 'service.name': 'keelson' }, warnings: [] });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' }, 'http://collector:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b:2/in' }, 'http://b:2/in'],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces'],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1' }, undefined],
  ])('%j exports to %s', (env, url) => {
    expect(settingsFrom(env).export?.url).toBe(url);
  });

  it('reads headers, time-outs, batch and resource', () => {
    const settings = settingsFrom({
      OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b,x=y', OTEL_EXPORTER_OTLP_TIMEOUT: '500', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_SERVICE_NAME: 'edge', OTEL_RESOURCE_ATTRIBUTES: 'service.name=no,zone=b',
    });
    expect(settings.export).toMatchObject({ headers: { 'api-key': 'a b', x: 'y' }, timeoutMs: 500, compression: 'gzip', batch: { maxQueueSize: 10, maxExportBatchSize: 10 } });
    expect(settings.resource).toEqual({ 'service.name': 'edge', zone: 'b' });
  });

  it('reads samplers and warns about what it does not know', () => {
    expect(settingsFrom({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }).sampling).toEqual({ ratio: 0.1, parentBased: true });
    expect(settingsFrom({ OTEL_TRACES_SAMPLER: 'always_off' }).sampling).toEqual({ ratio: 0, parentBased: false });
    const odd = settingsFrom({ OTEL_TRACES_SAMPLER: 'xray', OTEL_TRACES_EXPORTER: 'zipkin' });
    expect(odd.warnings).toHaveLength(2);
    expect(odd.export).toBeUndefined();
    expect(settingsFrom({ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).warnings[0]).toContain('grpc');
  });

  it('can be turned off', () => {
    expect(settingsFrom({ OTEL_SDK_DISABLED: 'true' }).enabled).toBe(false);
  });
});
