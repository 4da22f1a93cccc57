import { kindsOf, type Kind } from '../../kind.ts';
import type {
  EndpointSlice as EndpointSliceObject,
} from '../../../generated/types/discovery-v1.ts';

export type {
  Endpoint, EndpointConditions, EndpointHints, EndpointPort, EndpointSliceList, ForNode, ForZone,
} from '../../../generated/types/discovery-v1.ts';

const define = kindsOf({ group: 'discovery.k8s.io', version: 'v1', package: 'io.k8s.api.discovery.v1' });

export type EndpointSlice = EndpointSliceObject;
/** The EndpointSlice kind of discovery.k8s.io/v1. */
export const EndpointSlice: Kind<EndpointSliceObject> = define('EndpointSlice');
