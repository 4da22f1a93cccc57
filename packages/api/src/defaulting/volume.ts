import type { PersistentVolumeClaimSpec, Volume, VolumeProjection } from '../core/v1/index.ts';
import { defaultPullPolicy } from './container.ts';
import { each, setAbsent, setZero } from './set-default.ts';

/** 0644 */
const fileMode = 420;

/** Defaults of a pod volume; one without a source is an emptyDir. */
export function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  each([volume.secret, volume.configMap], (source) => {
    if (source !== undefined) setAbsent(source, 'defaultMode', fileMode);
  });
  if (volume.downwardAPI !== undefined) {
    setAbsent(volume.downwardAPI, 'defaultMode', fileMode);
    defaultDownward(volume.downwardAPI.items);
  }
  if (volume.projected !== undefined) {
    setAbsent(volume.projected, 'defaultMode', fileMode);
    each(volume.projected.sources, defaultProjection);
  }
  if (volume.hostPath !== undefined) setAbsent(volume.hostPath, 'type', '');
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim !== undefined) defaultClaimSpec(claim);
  if (volume.image !== undefined) setZero(volume.image, 'pullPolicy', defaultPullPolicy(volume.image.reference ?? ''));
  defaultVendorVolume(volume);
}

function defaultProjection(source: VolumeProjection): void {
  if (source.serviceAccountToken !== undefined) setAbsent(source.serviceAccountToken, 'expirationSeconds', 3600);
  if (source.downwardAPI !== undefined) defaultDownward(source.downwardAPI.items);
  if (source.podCertificate !== undefined) setAbsent(source.podCertificate, 'maxExpirationSeconds', 86_400);
}

function defaultDownward(items: NonNullable<Volume['downwardAPI']>['items']): void {
  each(items, ({ fieldRef, resourceFieldRef }) => {
    if (fieldRef !== undefined) setZero(fieldRef, 'apiVersion', 'v1');
    if (resourceFieldRef !== undefined) setAbsent(resourceFieldRef, 'divisor', '0');
  });
}

type VendorSources = Pick<Volume, 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'>;

function defaultVendorVolume({ iscsi, rbd, azureDisk, scaleIO }: VendorSources): void {
  if (iscsi !== undefined) setZero(iscsi, 'iscsiInterface', 'default');
  if (rbd !== undefined) {
    setZero(rbd, 'pool', 'rbd');
    setZero(rbd, 'user', 'admin');
    setZero(rbd, 'keyring', '/etc/ceph/keyring');
  }
  if (azureDisk !== undefined) {
    setAbsent(azureDisk, 'cachingMode', 'ReadWrite');
    setAbsent(azureDisk, 'kind', 'Shared');
    setAbsent(azureDisk, 'fsType', 'ext4');
    setAbsent(azureDisk, 'readOnly', false);
  }
  if (scaleIO !== undefined) {
    setZero(scaleIO, 'storageMode', 'ThinProvisioned');
    setZero(scaleIO, 'fsType', 'xfs');
  }
}

/** Defaults shared by claims and claim templates. */
export function defaultClaimSpec(spec: PersistentVolumeClaimSpec): void {
  setAbsent(spec, 'volumeMode', 'Filesystem');
  setAbsent(spec, 'resources', {});
}
