/**
 * Span names: `verb noun`, low cardinality. Names of objects never go in here, they are attributes.
 * Architecture, section 4; a literal span name elsewhere is a lint error.
 */
export const SpanName = Object.freeze({
  /** Server span of the API server and of ingress; `route` is the pattern, never the path that was asked for. */
  request: (method: string, route: string): string => `${method} ${route}`,
  /** One invocation of a client, which ties its requests together (`kubectl apply`). */
  clientCommand: (command: string): string => command,
  /** One admission handler. */
  admit: (handler: string): string => `admit ${handler}`,
  /** One call to the storage driver; `op` is `txn`, `get`, `range`, `compact`… */
  store: (op: string, resource: string): string => `store ${op} ${resource}`,
  /** Hand-over of one committed change to the watchers. */
  publish: (resource: string): string => `publish ${resource}`,
  /** One run of a reconciler for one object. */
  reconcile: (controller: string): string => `reconcile ${controller}`,
  /** One scheduling cycle; its phases are the three names below. */
  schedulePod: 'schedule pod',
  filter: 'filter',
  score: 'score',
  bind: 'bind',
  /** One pass of the node agent over one pod. */
  syncPod: 'sync pod',
  /** `op` is `add`, `del`, `check` or `gc`; `variant` the CNI variant's name. */
  cni: (op: string, variant: string): string => `cni ${op} ${variant}`,
  runSandbox: 'run sandbox',
  pullImage: 'pull image',
  startContainer: 'start container',
  /** Writing a DNS, proxy or ingress table. */
  program: (table: string): string => `program ${table}`,
  answerDns: 'answer dns',
  /** First visible effect of a change (`first-dns-answer`, `first-ingress-request`, `pod-ready`…). */
  milestone: (what: string): string => `milestone ${what}`,
});

/** Attribute keys: standard semantic conventions first, ours start with `keelson.`. */
export const Attr = Object.freeze({
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',
  urlPath: 'url.path',
  dbSystem: 'db.system.name',
  dbOperation: 'db.operation.name',
  errorType: 'error.type',
  podName: 'k8s.pod.name',
  podUid: 'k8s.pod.uid',
  nodeName: 'k8s.node.name',
  namespaceName: 'k8s.namespace.name',
  containerId: 'container.id',
  containerName: 'container.name',
  containerImage: 'container.image.name',
  dnsQuestion: 'dns.question.name',

  resource: 'keelson.resource',
  user: 'keelson.user',
  /** Of the invocation that a request was part of (`kubectl apply`). */
  clientCommand: 'keelson.client.command',
  plugin: 'keelson.plugin.name',
  revision: 'keelson.revision',
  watchers: 'keelson.watchers',
  /** The four parts that name the object a span is about. */
  objectKind: 'keelson.object.kind',
  objectNamespace: 'keelson.object.namespace',
  objectName: 'keelson.object.name',
  objectUid: 'keelson.object.uid',
  outcome: 'keelson.outcome',
  /** 1 for the first try. */
  attempt: 'keelson.attempt',
  queueWait: 'keelson.queue.wait_ms',
  nodesFeasible: 'keelson.schedule.feasible',
  nodesEvaluated: 'keelson.schedule.evaluated',
  entriesChanged: 'keelson.entries.changed',
  dnsRcode: 'keelson.dns.rcode',
  dnsHandler: 'keelson.dns.handler',
  milestone: 'keelson.milestone',
});

/** Values of `keelson.outcome`. */
export type Outcome = 'done' | 'requeued' | 'failed' | 'terminal';
