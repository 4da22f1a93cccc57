export { buildDistribution } from './build.ts';
export type { BuildOptions } from './build.ts';
export { crdsDocument, pluginIdentity, pluginRole, pluginsDocument, rbacDocument, settingsSchema } from './documents.ts';
