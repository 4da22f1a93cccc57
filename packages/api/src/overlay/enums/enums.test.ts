import { definition, definitionNames, findDefinition } from '../../schema/index.ts';
import { enumFields } from './enums.ts';

function allowed(path: string): readonly string[] | undefined {
  const dot = path.lastIndexOf('.');
  return definition(`io.k8s.api.${path.slice(0, dot)}`).fields.get(path.slice(dot + 1))?.enum;
}

describe('closed sets of values', () => {
  it('name fields that exist and hold text, alone or in a list or map', () => {
    const shapes = enumFields().map((path) => {
      const dot = path.lastIndexOf('.');
      const schema = findDefinition(path.slice(0, dot))?.fields.get(path.slice(dot + 1))?.schema;
      return { path, type: schema?.type === 'array' ? schema.items.type : schema?.type === 'map' ? schema.values.type : schema?.type };
    });
    expect(shapes.filter(({ type }) => type !== 'string')).toEqual([]);
    expect(shapes).toHaveLength(97);
  });

  it('are sorted and without duplicates, as the document shows them', () => {
    for (const name of definitionNames()) {
      for (const field of definition(name).fields.values()) expect(field.enum).toEqual(field.enum && [...new Set(field.enum)].sort());
    }
  });

  it.each([
    ['core.v1.PodSpec.restartPolicy', ['Always', 'Never', 'OnFailure']],
    ['core.v1.PodSpec.dnsPolicy', ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']],
    ['core.v1.Container.imagePullPolicy', ['Always', 'IfNotPresent', 'Never']],
    ['core.v1.EphemeralContainer.terminationMessagePolicy', ['FallbackToLogsOnError', 'File']],
    ['core.v1.HostPathVolumeSource.type', ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']],
    ['core.v1.ServiceSpec.type', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']],
    ['core.v1.ServiceSpec.ipFamilies', ['', 'IPv4', 'IPv6']],
    ['core.v1.Toleration.operator', ['Equal', 'Exists', 'Gt', 'Lt']],
    ['core.v1.PersistentVolumeClaimStatus.phase', ['Bound', 'Lost', 'Pending']],
    ['apps.v1.DeploymentStrategy.type', ['Recreate', 'RollingUpdate']],
    ['batch.v1.PodFailurePolicyRule.action', ['Count', 'FailIndex', 'FailJob', 'Ignore']],
    ['networking.v1.HTTPIngressPath.pathType', ['Exact', 'ImplementationSpecific', 'Prefix']],
    ['discovery.v1.EndpointSlice.addressType', ['FQDN', 'IPv4', 'IPv6']],
    ['admissionregistration.v1.RuleWithOperations.operations', ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']],
    ['admissionregistration.v1.ValidatingWebhook.sideEffects', ['None', 'NoneOnDryRun', 'Some', 'Unknown']],
    ['storage.v1.StorageClass.volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']],
    ['resource.v1.DeviceTaint.effect', ['NoExecute', 'NoSchedule', 'None']],
  ])('hold for %s', (path, values) => {
    expect(allowed(path)).toEqual(values);
  });

  it('hold all signals of Linux, the real-time ones counted from both ends', () => {
    expect(allowed('core.v1.Lifecycle.stopSignal')).toEqual(expect.arrayContaining(['SIGTERM', 'SIGRTMIN', 'SIGRTMIN+15', 'SIGRTMAX', 'SIGRTMAX-14']));
    expect(allowed('core.v1.Lifecycle.stopSignal')).toHaveLength(65);
  });

  it.each([
    'core.v1.PodCondition.type', 'core.v1.NodeCondition.type', 'core.v1.NodeAddress.type', 'core.v1.Secret.type', 'core.v1.ServiceSpec.clusterIP',
    'core.v1.EmptyDirVolumeSource.medium', 'core.v1.LimitRangeItem.type', 'batch.v1.JobCondition.type', 'certificates.v1.CertificateSigningRequestSpec.signerName',
  ])('leave %s open', (path) => {
    expect(allowed(path)).toBeUndefined();
  });
});
