// The budgets, one entry a row of the printed table. `atLeast` or `atMost` is the budget, `stretch` what would be better
// still; a row without either is printed for its figure alone. `program` is the file that measures it.

/** @typedef {{ row: string, what: string, unit: string, atLeast?: number, atMost?: number, stretch?: number, program: string, note?: string }} Budget */

/** @type {readonly Budget[]} */
export const budgets = [
  { row: 'get', program: 'api/http', what: 'GET 2 KiB, client certificate and RBAC, against bare node:https', unit: '×', atLeast: 0.6, stretch: 0.8 },
  { row: 'post', program: 'api/http', what: 'POST 2 KiB, validated, memory driver, against bare POST', unit: '×', atLeast: 0.5, stretch: 0.7 },
  { row: 'post-durable', program: 'api/durable', what: 'POST durable (embedded) against POST in memory, 50 clients', unit: '×', atLeast: 0.85, stretch: 0.95 },
  { row: 'store-create', program: 'store/durable-writes', what: 'durable create in the store against etcd by grpc-js, 50 clients', unit: '×', atLeast: 10, stretch: 30 },
  { row: 'post-durable-etcd', program: 'api/durable', what: 'durable POST through the API against etcd by grpc-js, 50 clients', unit: '×', atLeast: 1, stretch: 1.5 },
  { row: 'post-etcd-driver', program: 'api/durable', what: 'POST on the etcd driver against npm etcd3, 50 clients', unit: '×', atLeast: 0.7, stretch: 1.5 },
  { row: 'list', program: 'api/list', what: 'LIST 5,000 × 3 KiB against writing the same bytes', unit: '× wall', atMost: 1.3, stretch: 1.1 },
  { row: 'watch-100', program: 'api/watch', what: 'events delivered to 100 watchers against a bare fan-out', unit: '×', atLeast: 0.6, stretch: 0.9 },
  { row: 'watch-1000', program: 'api/watch', what: 'events delivered to 1,000 watchers against a bare fan-out', unit: '×', atLeast: 0.6, stretch: 0.9 },
  { row: 'memory', program: 'api/scale', what: 'resident memory per stored byte, 150,000 pods, indexes included', unit: '×', atMost: 1.5, stretch: 1.25 },
  { row: 'stall', program: 'api/scale', what: 'longest event-loop stall with 150,000 pods stored', unit: 'ms', atMost: 100, stretch: 50 },
  { row: 'boot', program: 'process/boot', what: 'first boot to /readyz against bare Node, bundled, memory driver', unit: '×', atMost: 4, stretch: 2.5 },
  { row: 'idle-memory', program: 'process/idle', what: 'idle default cluster, 3 sim nodes: memory', unit: 'MiB', atMost: 150, stretch: 100 },
  { row: 'idle-cpu', program: 'process/idle', what: 'idle default cluster, 3 sim nodes: share of a core', unit: '%', atMost: 1 },
  { row: 'test-first', program: 'cluster/in-test', what: 'cluster inside a test process: the first, loading included', unit: 'ms', atMost: 300, stretch: 50 },
  { row: 'test-further', program: 'cluster/in-test', what: 'cluster inside a test process: each further one', unit: 'ms', atMost: 60, stretch: 20 },
  { row: 'test-fork', program: 'cluster/in-test', what: 'cluster inside a test process: fork of a booted one (its plugins start with its first use)', unit: 'ms', atMost: 5, stretch: 1 },
  { row: 'test-fork-running', program: 'cluster/in-test', what: 'cluster inside a test process: fork of a booted one until its plugins run', unit: 'ms', atMost: 5, stretch: 1 },
  { row: 'test-memory', program: 'cluster/in-test', what: 'marginal memory of a further empty cluster', unit: 'MiB', atMost: 10, stretch: 3 },
  { row: 'tracing-off', program: 'api/tracing', what: 'POST with tracing off, dearer than with it compiled out by', unit: '%', atMost: 1, stretch: 0 },
  { row: 'tracing-on', program: 'api/tracing', what: 'POST with tracing on, dearer than with it compiled out by', unit: '%', atMost: 10, stretch: 5 },
  { row: 'replicas', program: 'cluster/replicas', what: '1,000 replicas on 100 sim nodes, created to all Running', unit: 's', atMost: 5 },
  { row: 'replicas-tenfold', program: 'cluster/replicas', what: 'ten times as many replicas take as many times as long', unit: '×', atMost: 15 },
  { row: 'scheduler', program: 'cluster/scheduler', what: 'scheduling algorithm alone, 5,000 nodes, every node scored', unit: 'pods/s', atLeast: 5000, stretch: 30000 },
  { row: 'store-memory', program: 'store/memory-figures', what: 'resident memory per stored byte, store alone, 150,000 × 3 KiB', unit: '×' },
  { row: 'store-recovery', program: 'store/memory-figures', what: 'embedded store opened again with 150,000 × 3 KiB', unit: 'ms' },
  { row: 'sorted-map', program: 'store/sorted-map', what: 'one write to the persistent map, 150,000 keys', unit: 'ns' },
];
