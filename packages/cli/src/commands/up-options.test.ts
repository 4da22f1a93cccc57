import { settingsOf } from './up-options.ts';

test('nodes are in this process unless hosts are asked for', () => {
  expect(settingsOf({})).toMatchObject({ hosts: 0, nodes: 3, runtime: 'sim' });
  expect(settingsOf({ hosts: '3' })).toMatchObject({ hosts: 3, nodes: 3, runtime: 'cri', cni: 'flannel-vxlan', proxy: 'nftables', hostsNetwork: undefined });
  expect(settingsOf({ hosts: '2', runtime: 'sim', cni: 'bridge', proxy: 'userspace', hostsNetwork: '10.1.0.0/24' })).toMatchObject({ hosts: 2, runtime: 'sim', cni: 'bridge', proxy: 'userspace', hostsNetwork: '10.1.0.0/24' });
});

test.each([
  [{ hosts: '3', nodes: '3' }, '--nodes and --hosts exclude each other: nodes are in this process, or one on each host'],
  [{ hosts: '-1' }, '--hosts -1 is not valid: use a whole number from 0 to 100'],
  [{ hosts: '3', runtime: 'docker' }, '--runtime docker is not known: use cri, sim, process'],
  [{ runtime: 'cri' }, '--runtime cri is for nodes on hosts: add --hosts N'],
  [{ cni: 'flannel-vxlan' }, '--cni is for nodes on hosts: add --hosts N'],
  [{ proxy: 'nftables' }, '--proxy is for nodes on hosts: add --hosts N'],
  [{ hostsNetwork: '10.1.0.0/24' }, '--hosts-network is for nodes on hosts: add --hosts N'],
])('%j: %s', (flags, message) => {
  expect(() => settingsOf(flags)).toThrow(expect.objectContaining({ message, code: 'KEEL_USAGE_FLAG' }));
});
