import { Pod } from '@keelson/api/core/v1';
import { PriorityClass } from '@keelson/api/scheduling/v1';
import { admissionForbidden, type AdmissionHandler, type AdmissionLookup, type AdmissionRequest } from '@keelson/sdk/admission';

const lower = 'PreemptLowerPriority';

/** Writes the number and the preemption policy that a pod's priority class stands for; keeps the default class single. */
export const priorityAdmission: AdmissionHandler = {
  name: 'priority',
  handles: { operations: ['CREATE', 'UPDATE'], kinds: [Pod, PriorityClass] },
  async mutate(request, lookup) {
    if (request.kind.plural !== 'pods') return;
    await lookup.ready(PriorityClass);
    const pods = request as AdmissionRequest<Pod>;
    if (request.operation === 'CREATE') resolve(pods, lookup);
    else keep(pods);
  },
  async validate(request, lookup) {
    if (request.kind.plural !== 'priorityclasses') return;
    await lookup.ready(PriorityClass);
    checkDefault(request as AdmissionRequest<PriorityClass>, lookup);
  },
};

function resolve(request: AdmissionRequest<Pod>, lookup: AdmissionLookup): void {
  const { spec } = request.object!;
  const named = spec.priorityClassName ?? '';
  const found = named === '' ? defaultClass(lookup) : lookup.get(PriorityClass, { name: named });
  if (named !== '' && found === undefined) throw admissionForbidden(request, `no PriorityClass with name ${named} was found`);
  const priority = found?.value ?? 0;
  const policy = found?.preemptionPolicy ?? lower;
  const computed = 'from the given PriorityClass name';
  if (spec.priority !== undefined && spec.priority !== priority) {
    throw admissionForbidden(request, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} ${computed}`);
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    throw admissionForbidden(request, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} ${computed}`);
  }
  if (found !== undefined) spec.priorityClassName = found.metadata.name;
  spec.priority = priority;
  spec.preemptionPolicy = policy;
}

/** A client that leaves both out means no change. */
function keep({ object, oldObject }: AdmissionRequest<Pod>): void {
  const old = oldObject?.spec;
  if (object === undefined || old === undefined) return;
  if (object.spec.priority === undefined && old.priority !== undefined) object.spec.priority = old.priority;
  if (object.spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined) object.spec.preemptionPolicy = old.preemptionPolicy;
}

/** Of several, which only a race can bring about, the lowest counts. */
function defaultClass(lookup: AdmissionLookup): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const one of lookup.list(PriorityClass)) {
    if (one.globalDefault === true && (found === undefined || (one.value ?? 0) < (found.value ?? 0))) found = one;
  }
  return found;
}

function checkDefault(request: AdmissionRequest<PriorityClass>, lookup: AdmissionLookup): void {
  if (request.object?.globalDefault !== true) return;
  const present = defaultClass(lookup);
  if (present === undefined || (request.operation === 'UPDATE' && present.metadata.name === request.object.metadata.name)) return;
  throw admissionForbidden(request, `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`);
}
