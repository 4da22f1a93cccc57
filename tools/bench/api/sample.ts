/** A pod as clients send them: about 2 KiB, more with a longer annotation. */
export function samplePod(name: string, annotation = 200): Record<string, unknown> & { metadata: { name: string } } {
  const env = Array.from({ length: 12 }, (_, i) => ({ name: `SETTING_NUMBER_${i}`, value: `a value of some length for number ${i}` }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'bench', tier: 'test', 'app.kubernetes.io/name': 'bench' }, annotations: { note: 'x'.repeat(annotation) } } as never,
    spec: {
      containers: [
        {
          name: 'main', image: 'registry.example.org/bench/main:1.0', ports: [{ name: 'http', containerPort: 8080 }], env,
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
          readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
        },
        { name: 'side', image: 'registry.example.org/bench/side:1.0', args: ['--verbose', '--listen=:9090'] },
      ],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'bench', effect: 'NoSchedule' }],
    },
  };
}
