import type { Kind } from '../kind.ts';
import type { DraftMeta } from '../meta/object.ts';
import { checkDns1035Label, checkDns1123Label, checkDns1123Subdomain, checkPathSegment, checkQualifiedName, type NameCheck } from '../names/index.ts';
import { Causes } from './causes.ts';
import { checkForm, checkImmutable, checkLabels, checkNonNegative, isAddress } from './rules.ts';

/** All annotations of an object together, keys included. */
const annotationBytes = 256 * 1024;

const nameChecks: Readonly<Record<string, NameCheck>> = {
  'v1/Namespace': checkDns1123Label,
  'v1/Service': checkDns1035Label,
  'batch/v1/CronJob': (name) => [...checkDns1123Subdomain(name), ...(name.length > 52 ? ['must be no more than 52 characters'] : [])],
  'rbac.authorization.k8s.io/v1/ClusterRole': checkPathSegment,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': checkPathSegment,
  'rbac.authorization.k8s.io/v1/Role': checkPathSegment,
  'rbac.authorization.k8s.io/v1/RoleBinding': checkPathSegment,
  'apiregistration.k8s.io/v1/APIService': checkPathSegment,
  'certificates.k8s.io/v1/CertificateSigningRequest': checkPathSegment,
  'networking.k8s.io/v1/IPAddress': (name) => (isAddress(name) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']),
};

/** The check that names of this kind must pass. */
export function nameCheckOf(kind: Kind): NameCheck {
  return nameChecks[`${kind.apiVersion}/${kind.kind}`] ?? checkDns1123Subdomain;
}

/** Checks the metadata of an object of this kind. */
export function validateObjectMeta(kind: Kind, meta: DraftMeta, causes: Causes = new Causes()): Causes {
  const check = nameCheckOf(kind);
  if (meta.generateName !== undefined && meta.generateName !== '') {
    // The suffix follows, so a dash at the end is fine here.
    checkForm(meta.generateName, 'metadata.generateName', (base) => check(base.replace(/-$/, 'a')), causes);
  }
  if (meta.name === undefined || meta.name === '') causes.required('metadata.name', 'name or generateName is required');
  else checkForm(meta.name, 'metadata.name', check, causes);
  checkNamespace(kind, meta.namespace, causes);
  checkNonNegative(meta.generation, 'metadata.generation', causes);
  checkLabels(meta.labels, 'metadata.labels', causes);
  checkAnnotations(meta.annotations, causes);
  checkOwners(meta, causes);
  for (const [index, finalizer] of (meta.finalizers ?? []).entries()) checkFinalizer(kind, finalizer, { field: `metadata.finalizers[${index}]`, causes });
  return causes;
}

function checkNamespace(kind: Kind, namespace: string | undefined, causes: Causes): void {
  const absent = namespace === undefined || namespace === '';
  if (kind.namespaced) {
    if (absent) causes.required('metadata.namespace');
    else checkForm(namespace, 'metadata.namespace', checkDns1123Label, causes);
  } else if (!absent) causes.forbidden('metadata.namespace', 'not allowed on this type');
}

function checkAnnotations(annotations: Readonly<Record<string, string>> | undefined, causes: Causes): void {
  let size = 0;
  for (const key in annotations) {
    checkForm(key, 'metadata.annotations', (value) => checkQualifiedName(value.toLowerCase()), causes);
    size += key.length + (annotations[key] as string).length;
  }
  if (size > annotationBytes) causes.tooLong('metadata.annotations', annotationBytes);
}

function checkOwners({ ownerReferences = [] }: DraftMeta, causes: Causes): void {
  let controllers = 0;
  for (const [index, owner] of (ownerReferences ?? []).entries()) {
    const field = `metadata.ownerReferences[${index}]`;
    if (!owner.apiVersion) causes.invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty');
    if (!owner.kind) causes.invalid(`${field}.kind`, owner.kind ?? '', 'must not be empty');
    if (!owner.name) causes.invalid(`${field}.name`, owner.name ?? '', 'must not be empty');
    if (!owner.uid) causes.invalid(`${field}.uid`, owner.uid ?? '', 'must not be empty');
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') causes.invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner');
    if (owner.controller === true) controllers++;
  }
  if (controllers > 1) {
    causes.invalid('metadata.ownerReferences', ownerReferences, 'Only one reference can have Controller set to true.');
  }
}

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Custom kinds, and the kind that defines them, may have finalizers without a slash; many operators use such. */
function checkFinalizer(kind: Kind, finalizer: string, { field, causes }: { readonly field: string; readonly causes: Causes }): void {
  checkForm(finalizer, field, checkQualifiedName, causes);
  const free = kind.definition === '' || kind.group === 'apiextensions.k8s.io';
  if (!free && !finalizer.includes('/') && !standardFinalizers.has(finalizer)) {
    causes.invalid(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
  }
}

/** Checks that an update leaves alone what identifies the object. */
export function validateObjectMetaUpdate(next: DraftMeta, old: DraftMeta, causes: Causes): void {
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp'] as const) {
    if (next[field] !== undefined) checkImmutable(next[field], old[field], `metadata.${field}`, causes);
  }
  const added = (next.finalizers ?? []).filter((finalizer) => !(old.finalizers ?? []).includes(finalizer));
  if (old.deletionTimestamp !== undefined && added.length > 0) {
    causes.forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`);
  }
}
