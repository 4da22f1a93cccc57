import { kindsOf, type Kind } from '../../kind.ts';
import type {
  Lease as LeaseObject,
} from '../../../generated/types/coordination-v1.ts';

export type {
  LeaseList, LeaseSpec,
} from '../../../generated/types/coordination-v1.ts';

const define = kindsOf({ group: 'coordination.k8s.io', version: 'v1', package: 'io.k8s.api.coordination.v1' });

export type Lease = LeaseObject;
/** The Lease kind of coordination.k8s.io/v1. */
export const Lease: Kind<LeaseObject> = define('Lease');
