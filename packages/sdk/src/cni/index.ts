export { CniVariants, Ipam, NetLink, PodNetwork } from './network.ts';
export type {
  Attachment, AttachmentResult, CniVariant, InterfaceAddress, LinkAddress, PodNetworkStatus, VethOptions,
} from './network.ts';
