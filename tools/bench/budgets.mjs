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
];
