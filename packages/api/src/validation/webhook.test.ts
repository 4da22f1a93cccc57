import { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../admissionregistration/v1/index.ts';
import { problems } from './testdata/objects.ts';

const webhook = { name: 'a.example.org', clientConfig: { url: 'https://a.example.org/check' }, admissionReviewVersions: ['v1'], sideEffects: 'None' };
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const with1 = (rest: object) => ({ webhooks: [{ ...webhook, ...rest }] });
const withRule = (rest: object) => with1({ rules: [{ ...rule, ...rest }] });
const withUrl = (url: string) => with1({ clientConfig: { url } });
const withService = (service: object) => with1({ clientConfig: { service } });

describe.each([ValidatingWebhookConfiguration, MutatingWebhookConfiguration])('$kind', (kind) => {
  it.each<[object, string]>([
    [with1({ name: 'a' }), 'webhooks[0].name: Invalid value: "a": should be a domain with at least three segments separated by dots'],
    [with1({ name: '' }), 'webhooks[0].name: Required value'],
    [{ webhooks: [webhook, webhook] }, 'webhooks[1].name: Duplicate value: "a.example.org"'],
    [with1({ sideEffects: undefined }), 'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun'],
    [with1({ sideEffects: 'Unknown' }), 'webhooks[0].sideEffects: Unsupported value: "Unknown": supported values: "None", "NoneOnDryRun"'],
    [with1({ failurePolicy: 'Retry' }), 'webhooks[0].failurePolicy: Unsupported value: "Retry": supported values: "Fail", "Ignore"'],
    [with1({ admissionReviewVersions: [] }), 'webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1'],
    [with1({ admissionReviewVersions: ['v2'] }), 'webhooks[0].admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1'],
    [with1({ admissionReviewVersions: ['v1', 'v1'] }), 'webhooks[0].admissionReviewVersions[1]: Invalid value: "v1": duplicate version'],
    [with1({ timeoutSeconds: 31 }), 'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
    [with1({ objectSelector: { matchLabels: { a: '?' } } }), 'webhooks[0].objectSelector.matchLabels: Invalid value: "?": a valid label must be'],
    [with1({ clientConfig: {} }), 'webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
    [with1({ clientConfig: { url: 'https://a', service: { name: 'a', namespace: 'b' } } }), 'webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
    [withUrl('http://a/b'), "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]"],
    [withUrl('https:///b'), 'webhooks[0].clientConfig.url: Invalid value: "": host must be specified; desired format'],
    [withUrl('https://me@a/b'), 'webhooks[0].clientConfig.url: Invalid value: "me": user information is not permitted in the URL'],
    [withUrl('https://a/b?c=d'), 'webhooks[0].clientConfig.url: Invalid value: "c=d": query parameters are not permitted in the URL'],
    [withUrl('https://a/b#c'), 'webhooks[0].clientConfig.url: Invalid value: "c": fragments are not permitted in the URL'],
    [withService({ namespace: 'n' }), 'webhooks[0].clientConfig.service.name: Required value: service name is required'],
    [withService({ name: 'n' }), 'webhooks[0].clientConfig.service.namespace: Required value: service namespace is required'],
    [withService({ name: 'n', namespace: 'n', port: 65_536 }), 'webhooks[0].clientConfig.service.port: Invalid value: 65536: port is not valid: must be between 1 and 65535, inclusive'],
    [withService({ name: 'n', namespace: 'n', path: 'a' }), "webhooks[0].clientConfig.service.path: Invalid value: \"a\": must start with a '/'"],
    [withService({ name: 'n', namespace: 'n', path: '/a//b' }), 'webhooks[0].clientConfig.service.path: Invalid value: "/a//b": segment[1] may not be empty'],
    [withRule({ operations: [] }), 'webhooks[0].rules[0].operations: Required value'],
    [withRule({ operations: ['READ'] }), 'webhooks[0].rules[0].operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"'],
    [withRule({ operations: ['*', 'CREATE'] }), "webhooks[0].rules[0].operations: Invalid value: [\"*\",\"CREATE\"]: if '*' is present, must not specify other operations"],
    [withRule({ apiGroups: ['*', 'apps'] }), "webhooks[0].rules[0].apiGroups: Invalid value: [\"*\",\"apps\"]: if '*' is present, must not specify other API groups"],
    [withRule({ apiVersions: [''] }), 'webhooks[0].rules[0].apiVersions[0]: Required value'],
    [withRule({ resources: [] }), 'webhooks[0].rules[0].resources: Required value'],
    [withRule({ resources: ['*/*', 'pods'] }), "webhooks[0].rules[0].resources: Invalid value: [\"*/*\",\"pods\"]: if '*/*' is present, must not specify other resources"],
    [withRule({ resources: ['pods/*', 'pods/status'] }), "webhooks[0].rules[0].resources[1]: Invalid value: \"pods/status\": if 'pods/*' is present, must not specify pods/status"],
    [withRule({ resources: ['*', 'pods'] }), "webhooks[0].rules[0].resources: Invalid value: [\"*\",\"pods\"]: if '*' is present, must not specify other resources without subresources"],
    [withRule({ scope: 'World' }), 'webhooks[0].rules[0].scope: Unsupported value: "World": supported values: "*", "Cluster", "Namespaced"'],
    [with1({ matchConditions: [{ name: 'a' }] }), 'webhooks[0].matchConditions[0].expression: Required value'],
    [with1({ matchConditions: [{ name: 'a', expression: 'true' }, { name: 'a', expression: 'true' }] }), 'webhooks[0].matchConditions[1].name: Duplicate value: "a"'],
  ])('is refused for %j', (rest, text) => {
    expect(problems(kind, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('is good by URL and by service', () => {
    expect(problems(kind, { webhooks: [] })).toEqual([]);
    const resources = ['*', '*/scale', 'pods/exec'];
    expect(problems(kind, with1({ rules: [{ ...rule, resources, apiGroups: ['*'] }], clientConfig: { url: 'https://10.0.0.1:8443' } }))).toEqual([]);
    expect(problems(kind, withService({ name: 'n', namespace: 'n', path: '/a/b/' }))).toEqual([]);
  });
});
