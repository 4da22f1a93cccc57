// Where real time, chance, environment and console may be touched, each with its reason. Keep it short: an entry is
// a place that a seed does not reproduce.
export const effectsAllowed = [
  { files: 'packages/cli/src/adapters/**/*.ts', reason: 'the adapters that everything else gets injected' },
  { files: 'packages/cli/src/{main,run-distribution}.ts', reason: 'the composition roots' },
  { files: 'packages/client/src/fake-api/**/*.ts', reason: 'test aid: lets pending promises settle between steps of virtual time' },
  { files: 'packages/kernel/src/storage/etcd/etcd-process.ts', reason: 'test aid: waits for a real etcd election' },
  { files: 'packages/kernel/src/storage/embedded/group-commit-log.ts', reason: 'real disk: one turn of the event loop gathers writes for one fdatasync' },
  { files: 'packages/kernel/src/storage/etcd/transport/http2-connection.ts', reason: 'real sockets: one turn of the event loop gathers requests for one write' },
];
