import { ControllerRevision } from '../apps/v1/index.ts';
import { CertificateSigningRequest } from '../certificates/v1/index.ts';
import { Lease } from '../coordination/v1/index.ts';
import { PersistentVolume } from '../core/v1/index.ts';
import type { Kind } from '../kind.ts';
import { RuntimeClass } from '../node/v1/index.ts';
import { PriorityClass } from '../scheduling/v1/index.ts';
import { CSIDriver, StorageClass } from '../storage/v1/index.ts';
import { changes, problems } from './testdata/objects.ts';

const sized = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] };
const volume = (rest: object) => ({ spec: { ...sized, hostPath: { path: '/data' }, ...rest } });
const pem = (type: string) => btoa(`-----BEGIN ${type}-----\nMIIB\n-----END ${type}-----\n`);
const request = (rest: object) => ({ spec: { request: pem('CERTIFICATE REQUEST'), signerName: 'example.org/signer', usages: ['client auth'], ...rest } });

describe('validateCreate', () => {
  it.each<[Kind, object, string]>([
    [StorageClass, {}, 'provisioner: Required value'],
    [StorageClass, { provisioner: 'a b' }, 'provisioner: Invalid value: "a b": name part must consist of'],
    [StorageClass, { provisioner: 'a/b', reclaimPolicy: 'Recycle' }, 'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
    [StorageClass, { provisioner: 'a/b', volumeBindingMode: 'Later' }, 'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"'],
    [StorageClass, { provisioner: 'a/b', parameters: { '': 'x' } }, 'parameters: Invalid value: "": field can not be empty.'],
    [StorageClass, { provisioner: 'a/b', parameters: { a: 'x'.repeat(262_144) } }, 'parameters: Too long: may not be more than 262144 bytes'],
    [PersistentVolume, volume({ accessModes: ['ReadWriteAlways'] }), 'spec.accessModes: Unsupported value: "ReadWriteAlways": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'],
    [PersistentVolume, volume({ accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] }), 'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
    [PersistentVolume, volume({ persistentVolumeReclaimPolicy: 'Keep' }), 'spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"'],
    [PersistentVolume, volume({ volumeMode: 'Raw' }), 'spec.volumeMode: Unsupported value: "Raw": supported values: "Block", "Filesystem"'],
    [PersistentVolume, volume({ hostPath: { path: '/a/../b' } }), "spec.hostPath.path: Invalid value: \"/a/../b\": must not contain '..'"],
    [PersistentVolume, volume({ hostPath: { path: '/a', type: 'Folder' } }), 'spec.hostPath.type: Unsupported value: "Folder": supported values: "", "BlockDevice"'],
    [PersistentVolume, volume({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }), "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
    [PersistentVolume, { spec: { ...sized, csi: { driver: 'a.b' } } }, 'spec.csi.volumeHandle: Required value'],
    [PersistentVolume, { spec: { ...sized, nfs: { server: 's', path: 'p' } } }, 'spec.nfs.path: Invalid value: "p": must be an absolute path'],
    [PersistentVolume, { spec: { ...sized, local: { path: '/a' } } }, 'spec.nodeAffinity: Required value: Local volume requires node affinity'],
    [PriorityClass, { value: 1_000_000_001 }, 'value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    [PriorityClass, { metadata: { name: 'system-mine' } }, "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class"],
    [PriorityClass, { metadata: { name: 'system-node-critical' }, value: 5 }, 'error: value of system-node-critical PriorityClass must be 2000001000'],
    [PriorityClass, { value: 1, preemptionPolicy: 'Maybe' }, 'preemptionPolicy: Unsupported value: "Maybe": supported values: "Never", "PreemptLowerPriority"'],
    [RuntimeClass, { handler: 'Run C' }, 'handler: Invalid value: "Run C": a lowercase RFC 1123 label must consist of'],
    [RuntimeClass, { handler: '' }, 'handler: Invalid value: "": a lowercase RFC 1123 label must consist of'],
    [RuntimeClass, { handler: 'runc', overhead: { podFixed: { disk: '1' } } }, 'overhead.limits[disk]: Invalid value: "disk": must be a standard resource for containers'],
    [RuntimeClass, { handler: 'runc', scheduling: { tolerations: [{ key: 'a', effect: 'Never' }] } }, 'scheduling.tolerations[0].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "PreferNoSchedule"'],
    [Lease, { spec: { leaseDurationSeconds: 0 } }, 'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
    [Lease, { spec: { leaseTransitions: -1 } }, 'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0'],
    [Lease, { spec: { preferredHolder: 'a' } }, 'spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined'],
    [CSIDriver, { spec: { fsGroupPolicy: 'Always' } }, 'spec.fsGroupPolicy: Unsupported value: "Always": supported values: "File", "None", "ReadWriteOnceWithFSType"'],
    [CSIDriver, { spec: { volumeLifecycleModes: ['Forever'] } }, 'spec.volumeLifecycleModes[0]: Unsupported value: "Forever": supported values: "Ephemeral", "Persistent"'],
    [CSIDriver, { spec: { tokenRequests: [{ audience: 'a' }, { audience: 'a' }] } }, 'spec.tokenRequests[1].audience: Duplicate value: "a"'],
    [CSIDriver, { spec: { tokenRequests: [{ audience: 'a', expirationSeconds: 599 }] } }, 'spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes'],
    [ControllerRevision, { revision: 1 }, 'data: Required value: data is mandatory'],
    [ControllerRevision, { data: {}, revision: -1 }, 'revision: Invalid value: -1: must be greater than or equal to 0'],
    [CertificateSigningRequest, request({ request: btoa('x') }), 'spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST'],
    [CertificateSigningRequest, request({ request: pem('CERTIFICATE') }), 'PEM block type must be CERTIFICATE REQUEST'],
    [CertificateSigningRequest, request({ usages: ['client auth', 'client auth'] }), 'spec.usages[1]: Duplicate value: "client auth"'],
    [CertificateSigningRequest, request({ usages: ['login'] }), 'spec.usages[0]: Unsupported value: "login": supported values: "any", "cert sign", "client auth"'],
    [CertificateSigningRequest, request({ usages: [] }), 'spec.usages: Required value'],
    [CertificateSigningRequest, request({ signerName: 'signer' }), 'spec.signerName: Invalid value: "signer": must be a fully qualified domain and path of the form "example.com/signer-name"'],
    [CertificateSigningRequest, request({ signerName: 'kubernetes.io/legacy-unknown' }), 'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version'],
    [CertificateSigningRequest, request({ expirationSeconds: 60 }), 'spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)'],
  ])('refuses %# of $kind', (kind, rest, text) => {
    expect(problems(kind, rest)).toEqual([expect.stringContaining(text)]);
  });

  it.each<[Kind, object]>([
    [StorageClass, { provisioner: 'kubernetes.io/No-Provisioner', parameters: { a: 'b' } }],
    [PersistentVolume, volume({ storageClassName: 'fast', nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] } } })],
    [PriorityClass, { metadata: { name: 'system-node-critical' }, value: 2_000_001_000 }],
    [RuntimeClass, { handler: 'runsc', overhead: { podFixed: { cpu: '10m', memory: '1Mi' } }, scheduling: { nodeSelector: { a: 'b' } } }],
    [Lease, { spec: {} }],
    [CSIDriver, { spec: { tokenRequests: [{ audience: '' }] } }],
    [ControllerRevision, { data: {}, revision: 1 }],
    [CertificateSigningRequest, { metadata: { name: 'node:a_B' }, ...request({ usages: ['digital signature', 'key encipherment', 'client auth'] }) }],
  ])('takes good ones of $kind', (kind, rest) => {
    expect(problems(kind, rest)).toEqual([]);
  });
});

describe('validateUpdate', () => {
  it.each<[Kind, object, object, string]>([
    [StorageClass, { provisioner: 'b' }, { provisioner: 'a' }, 'provisioner: Forbidden: updates to provisioner are forbidden.'],
    [PriorityClass, { value: 2 }, { value: 1 }, 'value: Forbidden: may not be changed in an update.'],
    [RuntimeClass, { handler: 'b' }, { handler: 'a' }, 'handler: Invalid value: "b": field is immutable'],
    [CSIDriver, { spec: { attachRequired: false } }, { spec: {} }, 'spec.attachedRequired: Invalid value: false: field is immutable'],
    [ControllerRevision, { data: { a: 1 }, revision: 1 }, { data: {}, revision: 1 }, 'data: Invalid value: {"a":1}: field is immutable'],
    [CertificateSigningRequest, request({ usages: ['any'] }), request({}), 'spec: Invalid value: {'],
  ])('refuses %# of $kind', (kind, next, old, text) => {
    expect(changes(kind, next, old)).toEqual([expect.stringContaining(text)]);
  });
});
