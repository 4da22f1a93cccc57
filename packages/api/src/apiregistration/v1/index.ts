import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  APIService as APIServiceObject,
} from '../../../generated/types/apiregistration-v1.ts';

export type {
  APIServiceCondition, APIServiceList, APIServiceSpec, APIServiceStatus, ServiceReference,
} from '../../../generated/types/apiregistration-v1.ts';

const define = kindsOf({ group: 'apiregistration.k8s.io', version: 'v1', package: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1' });

export type APIService = APIServiceObject;
/** The APIService kind of apiregistration.k8s.io/v1. */
export const APIService: Kind<APIServiceObject> = define('APIService', {
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [statusSubresource],
});
