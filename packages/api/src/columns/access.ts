import type { CertificateSigningRequest } from '../certificates/v1/index.ts';
import type { Lease } from '../coordination/v1/index.ts';
import type { RuntimeClass } from '../node/v1/index.ts';
import type { PodDisruptionBudget } from '../policy/v1/index.ts';
import type { ClusterRoleBinding, RoleBinding } from '../rbac/v1/index.ts';
import type { PriorityClass } from '../scheduling/v1/index.ts';
import { humanDuration } from '../time/index.ts';
import { age, ageColumn, column, nameColumn, nameOf, wide, type Printer } from './table.ts';

/** RoleBindings and ClusterRoleBindings. */
export const bindingPrinter: Printer<RoleBinding | ClusterRoleBinding> = {
  columns: [
    nameColumn, column('Role', 'role that is given'), ageColumn, wide('Users', 'users that have it'), wide('Groups', 'groups that have it'),
    wide('ServiceAccounts', 'service accounts that have it'),
  ],
  row: (object, now) => {
    const subjects = (kind: string) => (object.subjects ?? []).filter((subject) => subject.kind === kind);
    const names = (kind: string): string => subjects(kind).map(({ name }) => name).join(', ');
    const accounts = subjects('ServiceAccount').map(({ namespace, name }) => `${namespace ?? ''}/${name}`).join(', ');
    return [nameOf(object), `${object.roleRef?.kind ?? ''}/${object.roleRef?.name ?? ''}`, age(object, now), names('User'), names('Group'), accounts];
  },
};

/** CertificateSigningRequests. */
export const certificateSigningRequestPrinter: Printer<CertificateSigningRequest> = {
  columns: [
    nameColumn, ageColumn, column('SignerName', 'who is to sign it'), column('Requestor', 'who asked for it'), column('RequestedDuration', 'how long it should be valid'),
    column('Condition', 'what became of it'),
  ],
  row: (object, now) => {
    const seconds = object.spec?.expirationSeconds;
    return [
      nameOf(object), age(object, now), object.spec?.signerName ?? '<none>', object.spec?.username ?? '',
      seconds === undefined ? '<none>' : humanDuration(seconds * 1000), requestState(object),
    ];
  },
};

function requestState({ status }: CertificateSigningRequest): string {
  const has = (type: string): boolean => status?.conditions?.some((condition) => condition.type === type) === true;
  const states = [has('Approved') ? 'Approved' : has('Denied') ? 'Denied' : 'Pending', ...(has('Failed') ? ['Failed'] : []), ...(status?.certificate ? ['Issued'] : [])];
  return states.join(',');
}

/** Leases. */
export const leasePrinter: Printer<Lease> = {
  columns: [nameColumn, column('Holder', 'who holds it'), ageColumn],
  row: (object, now) => [nameOf(object), object.spec?.holderIdentity ?? '', age(object, now)],
};

/** PodDisruptionBudgets. */
export const podDisruptionBudgetPrinter: Printer<PodDisruptionBudget> = {
  columns: [
    nameColumn, column('Min Available', 'pods that must stay'), column('Max Unavailable', 'pods that may be missing'),
    column('Allowed Disruptions', 'pods that may be evicted now', 'integer'), ageColumn,
  ],
  row: (object, now) => [
    nameOf(object), String(object.spec?.minAvailable ?? 'N/A'), String(object.spec?.maxUnavailable ?? 'N/A'), object.status?.disruptionsAllowed ?? 0, age(object, now),
  ],
};

/** PriorityClasses. */
export const priorityClassPrinter: Printer<PriorityClass> = {
  columns: [
    nameColumn, column('Value', 'priority of its pods', 'integer'), column('Global-Default', 'whether pods without a class get it', 'boolean'), ageColumn,
    column('PreemptionPolicy', 'whether its pods push others out'),
  ],
  row: (object, now) => [nameOf(object), object.value ?? 0, object.globalDefault ?? false, age(object, now), object.preemptionPolicy ?? ''],
};

/** RuntimeClasses. */
export const runtimeClassPrinter: Printer<RuntimeClass> = {
  columns: [nameColumn, column('Handler', 'configuration of the runtime'), ageColumn],
  row: (object, now) => [nameOf(object), object.handler ?? '', age(object, now)],
};
