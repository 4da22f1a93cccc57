/** The Kubernetes version whose behaviour the API follows; clients switch features on it. */
export const kubernetesVersion = '1.36.0';

/** `GET /version` (apimachinery's version.Info). */
export function versionInfo(): Record<string, string> {
  const [major = '', minor = ''] = kubernetesVersion.split('.');
  return {
    major, minor,
    emulationMajor: major,
    emulationMinor: minor,
    gitVersion: `v${kubernetesVersion}+keelson`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'node',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
