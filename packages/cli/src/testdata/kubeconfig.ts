const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig of cluster `name`, as boot writes it. */
export function kubeconfigText(name: string, server = 'https://127.0.0.1:6443'): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: keelson-${name}
  cluster: { server: "${server}", certificate-authority-data: ${base64('CA')} }
contexts:
- name: keelson-${name}
  context: { cluster: keelson-${name}, user: keelson-${name} }
current-context: keelson-${name}
users:
- name: keelson-${name}
  user: { client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')} }
`;
}
