// Where real time, chance, environment and console may be touched, each with its reason. Keep it short: an entry is
// a place that a seed does not reproduce.
export const effectsAllowed = [
  { files: 'packages/cli/src/adapters/**/*.ts', reason: 'the adapters that everything else gets injected' },
  { files: 'packages/cli/src/main.ts', reason: 'the composition root' },
];
