import type { KeyToPath, PodSpec, Volume } from '../core/v1/index.ts';
import { checkDns1123Label } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkLocalPath } from './container.ts';
import { checkAmount } from './resources.ts';
import { checkEnum, checkName, checkRange } from './rules.ts';

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const fileModes: readonly [number, number] = [0, 0o777];

/** Volumes of a pod: unique names and exactly one source each. */
export function checkVolumes(spec: PodSpec, field: string, causes: Causes): void {
  const names = new Set<string>();
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    const at = `${field}[${index}]`;
    checkName(volume.name, `${at}.name`, checkDns1123Label, causes);
    if (names.has(volume.name)) causes.duplicate(`${at}.name`, volume.name);
    names.add(volume.name);
    checkSource(volume, at, causes);
  }
}

function checkSource(volume: Volume, field: string, causes: Causes): void {
  const sources = Object.keys(volume).filter((key) => key !== 'name');
  if (sources.length === 0) causes.required(field, 'must specify a volume type');
  for (const extra of sources.slice(1)) causes.forbidden(`${field}.${extra}`, 'may not specify more than 1 volume type');
  const { secret, configMap, hostPath, emptyDir, persistentVolumeClaim, nfs, csi, projected, downwardAPI, ephemeral } = volume;
  if (secret !== undefined) {
    if (!secret.secretName) causes.required(`${field}.secret.secretName`);
    checkFiles(secret, `${field}.secret`, causes);
  }
  if (configMap !== undefined) {
    if (!configMap.name) causes.required(`${field}.configMap.name`);
    checkFiles(configMap, `${field}.configMap`, causes);
  }
  if (hostPath !== undefined) {
    if (!hostPath.path) causes.required(`${field}.hostPath.path`);
    else if (hostPath.path.split('/').includes('..')) causes.invalid(`${field}.hostPath.path`, hostPath.path, "must not contain '..'");
    checkEnum(hostPath.type, `${field}.hostPath.type`, hostPathTypes, causes);
  }
  if (emptyDir?.sizeLimit !== undefined) checkAmount(emptyDir.sizeLimit, `${field}.emptyDir.sizeLimit`, causes);
  if (persistentVolumeClaim !== undefined && !persistentVolumeClaim.claimName) causes.required(`${field}.persistentVolumeClaim.claimName`);
  if (nfs !== undefined) {
    if (!nfs.server) causes.required(`${field}.nfs.server`);
    if (!nfs.path) causes.required(`${field}.nfs.path`);
    else if (!nfs.path.startsWith('/')) causes.invalid(`${field}.nfs.path`, nfs.path, 'must be an absolute path');
  }
  if (csi !== undefined && !csi.driver) causes.required(`${field}.csi.driver`);
  if (ephemeral !== undefined && ephemeral.volumeClaimTemplate === undefined) causes.required(`${field}.ephemeral.volumeClaimTemplate`);
  if (downwardAPI !== undefined) checkRange(downwardAPI.defaultMode, `${field}.downwardAPI.defaultMode`, fileModes, causes);
  if (projected !== undefined) checkProjected(projected, `${field}.projected`, causes);
}

function checkProjected(projected: NonNullable<Volume['projected']>, field: string, causes: Causes): void {
  checkRange(projected.defaultMode, `${field}.defaultMode`, fileModes, causes);
  for (const [index, source] of (projected.sources ?? []).entries()) {
    const at = `${field}.sources[${index}]`;
    const kinds = Object.keys(source);
    for (const extra of kinds.slice(1)) causes.forbidden(`${at}.${extra}`, 'may not specify more than 1 volume type');
    if (source.secret !== undefined && !source.secret.name) causes.required(`${at}.secret.name`);
    if (source.configMap !== undefined && !source.configMap.name) causes.required(`${at}.configMap.name`);
    const token = source.serviceAccountToken;
    if (token === undefined) continue;
    if (!token.path) causes.required(`${at}.serviceAccountToken.path`);
    if (token.expirationSeconds !== undefined && token.expirationSeconds < 600) {
      causes.invalid(`${at}.serviceAccountToken.expirationSeconds`, token.expirationSeconds, 'may not specify a duration less than 10 minutes');
    }
  }
}

function checkFiles(source: { defaultMode?: number | undefined; items?: KeyToPath[] | undefined }, field: string, causes: Causes): void {
  checkRange(source.defaultMode, `${field}.defaultMode`, fileModes, causes);
  for (const [index, { key, path, mode }] of (source.items ?? []).entries()) {
    const at = `${field}.items[${index}]`;
    if (!key) causes.required(`${at}.key`);
    if (!path) causes.required(`${at}.path`);
    else checkLocalPath(path, `${at}.path`, causes);
    checkRange(mode, `${at}.mode`, fileModes, causes);
  }
}
