import { FlowSchema, PriorityLevelConfiguration } from '../flowcontrol/v1/index.ts';
import { problems } from './testdata/objects.ts';

const resourceRule = { verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] };
const rule = { subjects: [{ kind: 'Group', group: { name: 'g' } }], resourceRules: [resourceRule] };
const schema = (rest: object) => ({ spec: { priorityLevelConfiguration: { name: 'level' }, rules: [rule], ...rest } });
const withRule = (rest: object) => schema({ rules: [{ ...rule, ...rest }] });

describe('a FlowSchema', () => {
  it.each<[object, string]>([
    [schema({ matchingPrecedence: -1 }), 'spec.matchingPrecedence: Invalid value: -1: must be a positive value'],
    [schema({ matchingPrecedence: 10_001 }), 'spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000'],
    [schema({ matchingPrecedence: 1 }), "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"],
    [schema({ priorityLevelConfiguration: {} }), 'spec.priorityLevelConfiguration.name: Required value: must reference a priority level'],
    [schema({ distinguisherMethod: { type: 'ByIP' } }), 'spec.distinguisherMethod.type: Unsupported value: "ByIP": supported values: "ByNamespace", "ByUser"'],
    [withRule({ subjects: [] }), 'spec.rules[0].subjects: Required value: subjects must contain at least one value'],
    [withRule({ subjects: [{ kind: 'Robot' }] }), 'spec.rules[0].subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"'],
    [withRule({ subjects: [{ kind: 'User' }] }), "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'"],
    [withRule({ subjects: [{ kind: 'User', user: { name: 'u' }, group: { name: 'g' } }] }), "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'"],
    [withRule({ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: '*' } }] }), 'spec.rules[0].subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account'],
    [withRule({ resourceRules: [] }), 'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty'],
    [withRule({ resourceRules: [{ ...resourceRule, verbs: ['read'] }] }), 'spec.rules[0].resourceRules[0].verbs: Unsupported value: ["read"]: supported values: "create"'],
    [withRule({ resourceRules: [{ ...resourceRule, verbs: ['*', 'get'] }] }), "if '*' is present, must not specify other verbs"],
    [withRule({ resourceRules: [{ ...resourceRule, namespaces: [] }] }), 'resource rules that are not cluster scoped must supply at least one namespace'],
    [withRule({ resourceRules: [{ ...resourceRule, namespaces: ['A'] }] }), "spec.rules[0].resourceRules[0].namespaces[0]: Invalid value: \"A\": each member of this list must be '*' or a DNS-1123 label;"],
    [withRule({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['healthz'] }] }), 'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "healthz": must start with slash'],
    [withRule({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/a/*/b'] }] }), 'wildcard can only do suffix matching'],
  ])('is refused for %j', (rest, text) => {
    expect(problems(FlowSchema, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('is good for all URLs and for resources without namespaces', () => {
    const nonResourceRules = [{ verbs: ['*'], nonResourceURLs: ['/', '/healthz/*'] }];
    expect(problems(FlowSchema, withRule({ nonResourceRules, resourceRules: [{ ...resourceRule, namespaces: undefined, clusterScope: true }] }))).toEqual([]);
  });
});

describe('a PriorityLevelConfiguration', () => {
  const limited = (rest: object) => ({ spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' }, ...rest } } });
  const queuing = (rest: object) => limited({ limitResponse: { type: 'Queue', queuing: rest } });
  it.each<[object, string]>([
    [{ spec: { type: 'Limited' } }, 'spec.limited: Required value: must not be empty when type is Limited'],
    [{ spec: { type: 'Exempt' } }, "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'"],
    [{ spec: { type: 'Medium' } }, 'spec.type: Unsupported value: "Medium": supported values: "Exempt", "Limited"'],
    [{ metadata: { name: 'exempt' }, ...limited({}) }, "spec.type: Invalid value: \"Limited\": type must be 'Exempt' if and only if name is 'exempt'"],
    [limited({ lendablePercent: 101 }), 'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive'],
    [limited({ borrowingLimitPercent: -1 }), 'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer'],
    [limited({ limitResponse: { type: 'Drop' } }), 'spec.limited.limitResponse.type: Unsupported value: "Drop": supported values: "Queue", "Reject"'],
    [limited({ limitResponse: { type: 'Queue' } }), 'spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited'],
    [limited({ limitResponse: { type: 'Reject', queuing: {} } }), 'spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited'],
    [queuing({ queueLengthLimit: -1 }), 'spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive'],
    [queuing({ queues: 4 }), 'spec.limited.limitResponse.queuing.handSize: Invalid value: 8: should not be greater than queues (4)'],
    [queuing({ queues: 512, handSize: 10 }), 'required entropy bits of deckSize 512 and handSize 10 should not be greater than 60'],
  ])('is refused for %j', (rest, text) => {
    expect(problems(PriorityLevelConfiguration, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('is good with upstream\'s own amounts', () => {
    expect(problems(PriorityLevelConfiguration, queuing({}))).toEqual([]);
    expect(problems(PriorityLevelConfiguration, queuing({ queues: 128, handSize: 6, queueLengthLimit: 50 }))).toEqual([]);
    expect(problems(PriorityLevelConfiguration, { metadata: { name: 'exempt' }, spec: { type: 'Exempt', exempt: {} } })).toEqual([]);
  });
});
