import type { Kind } from '../kind.ts';
import { CSINode, CSIStorageCapacity, VolumeAttachment, VolumeAttributesClass } from '../storage/v1/index.ts';
import { changes, problems } from './testdata/objects.ts';

const attachment = (rest: object) => ({ spec: { attacher: 'csi.example.org', nodeName: 'n', source: { persistentVolumeName: 'v' }, ...rest } });
const node = (...drivers: object[]) => ({ spec: { drivers } });
const driver = { name: 'csi.example.org', nodeID: 'i-1' };

describe('objects of CSI', () => {
  it.each<[Kind, object, string]>([
    [VolumeAttachment, attachment({ attacher: '' }), 'spec.attacher: Required value'],
    [VolumeAttachment, attachment({ source: {} }), 'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
    [VolumeAttachment, attachment({ source: { persistentVolumeName: 'v', inlineVolumeSpec: {} } }), 'spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
    [VolumeAttachment, attachment({ source: { inlineVolumeSpec: { accessModes: ['RW'] } } }), 'spec.source.inlineVolumeSpec.accessModes[0]: Unsupported value: "RW"'],
    [VolumeAttachment, attachment({ nodeName: 'A' }), 'spec.nodeName: Invalid value: "A": a lowercase RFC 1123 subdomain'],
    [CSINode, node({ name: 'a' }), 'spec.drivers[0].nodeID: Required value'],
    [CSINode, node(driver, driver), 'spec.drivers[1].name: Duplicate value: "csi.example.org"'],
    [CSINode, node({ ...driver, allocatable: { count: -1 } }), 'spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0'],
    [CSINode, node({ ...driver, topologyKeys: ['zone', 'zone'] }), 'spec.drivers[0].topologyKeys: Duplicate value: "zone"'],
    [CSIStorageCapacity, { storageClassName: 'A' }, 'storageClassName: Invalid value: "A": a lowercase RFC 1123 subdomain'],
    [CSIStorageCapacity, { storageClassName: 'a', capacity: '-1' }, 'capacity: Invalid value: "-1": must be greater than or equal to 0'],
    [VolumeAttributesClass, { parameters: { a: 'b' } }, 'driverName: Required value'],
    [VolumeAttributesClass, { driverName: 'csi.example.org' }, 'parameters: Required value: must contain at least one key/value pair'],
  ])('are refused: %# of $kind', (kind, rest, text) => {
    expect(problems(kind, rest)).toEqual([expect.stringContaining(text)]);
  });

  it.each<[Kind, object, object, string]>([
    [VolumeAttachment, attachment({ nodeName: 'm' }), attachment({}), 'spec: Invalid value: {'],
    [CSIStorageCapacity, { storageClassName: 'b' }, { storageClassName: 'a' }, 'storageClassName: Invalid value: "b": field is immutable'],
    [VolumeAttributesClass, { driverName: 'a', parameters: { a: 'c' } }, { driverName: 'a', parameters: { a: 'b' } }, 'parameters: Forbidden: updates to parameters are forbidden.'],
  ])('keep what they were made for: %# of $kind', (kind, next, old, text) => {
    expect(changes(kind, next, old)).toEqual([expect.stringContaining(text)]);
  });

  it('are good', () => {
    expect(problems(VolumeAttachment, attachment({}))).toEqual([]);
    expect(problems(CSINode, node({ ...driver, topologyKeys: ['topology.kubernetes.io/zone'], allocatable: { count: 0 } }))).toEqual([]);
    expect(problems(CSINode, node())).toEqual([]);
  });
});
