import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../apiextensions/v1/index.ts';
import type { APIService } from '../apiregistration/v1/index.ts';
import { checkDns1035Label, checkDns1123Subdomain } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkImmutable, checkName, checkPort } from './rules.ts';

/** A CustomResourceDefinition; its schemas are checked where they are compiled. */
export function checkCustomResourceDefinition({ metadata, spec }: CustomResourceDefinition, causes: Causes): void {
  if (spec === undefined) {
    causes.required('spec');
    return;
  }
  const required = `${spec.names?.plural ?? ''}.${spec.group ?? ''}`;
  if (metadata.name !== required) causes.invalid('metadata.name', metadata.name, `must be spec.names.plural+"."+spec.group`);
  if (!spec.group) causes.required('spec.group');
  else {
    checkForm(spec.group, 'spec.group', checkDns1123Subdomain, causes);
    if (!spec.group.includes('.')) causes.invalid('spec.group', spec.group, 'should be a domain with at least one dot');
  }
  checkEnum(spec.scope, 'spec.scope', ['Cluster', 'Namespaced'], causes, true);
  checkCustomNames(spec.names, causes);
  checkVersions(spec, causes);
  const { conversion } = spec;
  checkEnum(conversion?.strategy, 'spec.conversion.strategy', ['None', 'Webhook'], causes, true);
  if (conversion?.strategy === 'Webhook' && conversion.webhook?.clientConfig === undefined) {
    causes.required('spec.conversion.webhook.clientConfig', 'required when strategy is set to Webhook');
  }
}

function checkCustomNames(names: CustomResourceDefinitionNames | undefined, causes: Causes): void {
  checkName(names?.plural, 'spec.names.plural', checkDns1035Label, causes);
  checkName(names?.singular, 'spec.names.singular', checkDns1035Label, causes);
  checkName(names?.kind?.toLowerCase(), 'spec.names.kind', checkDns1035Label, causes);
  checkName(names?.listKind?.toLowerCase(), 'spec.names.listKind', checkDns1035Label, causes);
  for (const [index, name] of (names?.shortNames ?? []).entries()) checkForm(name, `spec.names.shortNames[${index}]`, checkDns1035Label, causes);
  for (const [index, name] of (names?.categories ?? []).entries()) checkForm(name, `spec.names.categories[${index}]`, checkDns1035Label, causes);
  if (names?.kind !== undefined && names.kind === names.listKind) causes.invalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same');
}

function checkVersions({ versions }: CustomResourceDefinition['spec'], causes: Causes): void {
  const seen = new Set<string>();
  for (const [index, version] of (versions ?? []).entries()) {
    const at = `spec.versions[${index}]`;
    checkName(version.name, `${at}.name`, checkDns1035Label, causes);
    if (seen.has(version.name)) causes.duplicate(`${at}.name`, version.name);
    seen.add(version.name);
    if (version.schema?.openAPIV3Schema === undefined) causes.required(`${at}.schema.openAPIV3Schema`, 'schemas are required');
  }
  const stored = (versions ?? []).filter(({ storage }) => storage).length;
  if (stored !== 1) causes.invalid('spec.versions', (versions ?? []).map(({ name }) => name), 'must have exactly one version marked as storage version');
  if (!(versions ?? []).some(({ served }) => served)) causes.invalid('spec.versions', (versions ?? []).map(({ name }) => name), 'must have at least one served version');
}

/** A change to a CustomResourceDefinition. */
export function checkCustomResourceDefinitionChange(next: CustomResourceDefinition, old: CustomResourceDefinition, causes: Causes): void {
  checkImmutable(next.spec.group, old.spec.group, 'spec.group', causes);
  checkImmutable(next.spec.names.plural, old.spec.names.plural, 'spec.names.plural', causes);
  const established = old.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true;
  if (established) {
    checkImmutable(next.spec.scope, old.spec.scope, 'spec.scope', causes);
    checkImmutable(next.spec.names.kind, old.spec.names.kind, 'spec.names.kind', causes);
  }
  for (const [index, version] of (old.status?.storedVersions ?? []).entries()) {
    if (!next.spec.versions.some(({ name }) => name === version)) {
      causes.invalid(`status.storedVersions[${index}]`, version, 'missing from spec.versions; '
        + `${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`);
    }
  }
}

/** An APIService. */
export function checkAPIService({ metadata, spec }: APIService, causes: Causes): void {
  const name = `${spec?.version ?? ''}.${spec?.group ?? ''}`;
  if (metadata.name !== name) causes.invalid('metadata.name', metadata.name, 'must be `spec.version+"."+spec.group`');
  checkName(spec?.version, 'spec.version', checkDns1035Label, causes);
  if (spec?.group) checkForm(spec.group, 'spec.group', checkDns1123Subdomain, causes);
  const [group, version] = [spec?.groupPriorityMinimum ?? 0, spec?.versionPriority ?? 0];
  if (group <= 0 || group > 20_000) causes.invalid('spec.groupPriorityMinimum', group, 'must be positive and less than 20000');
  if (version <= 0 || version > 1000) causes.invalid('spec.versionPriority', version, 'must be positive and less than 1000');
  if (spec?.service === undefined) {
    if (spec?.caBundle) causes.invalid('spec.caBundle', `${spec.caBundle.length} bytes`, 'local APIServices may not have a caBundle');
    if (spec?.insecureSkipTLSVerify === true) causes.invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify');
    return;
  }
  if (!spec.service.namespace) causes.required('spec.service.namespace');
  if (!spec.service.name) causes.required('spec.service.name');
  checkPort(spec.service.port, 'spec.service.port', causes);
  if (spec.insecureSkipTLSVerify === true && spec.caBundle) causes.invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present');
}
