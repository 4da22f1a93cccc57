import type { Plugin } from '@keelson/sdk';

/** Upstream's components write under names such as `kube-controller-manager`; here each plugin is its own field manager. */
export function fieldManagerOf(plugin: Pick<Plugin, 'name'>): string {
  return plugin.name.replace(/^@/, '').replace('/', '-').slice(0, 128);
}
