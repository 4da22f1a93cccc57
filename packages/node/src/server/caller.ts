import type { TLSSocket } from 'node:tls';

/** Who may ask an agent: those who may do everything, of which the API server is one (kubeadm's `apiserver-kubelet-client`). */
const administrators = 'system:masters';

/** Whether the other side has shown a certificate of the cluster's authority that names an administrator. */
export function isAdministrator(socket: TLSSocket): boolean {
  if (!socket.authorized) return false;
  const organizations: unknown = socket.getPeerCertificate().subject?.O;
  return [organizations].flat().includes(administrators);
}
