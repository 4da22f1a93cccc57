import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  CustomResourceDefinition as CustomResourceDefinitionObject,
} from '../../../generated/types/apiextensions-v1.ts';

export type {
  CustomResourceColumnDefinition, CustomResourceConversion, CustomResourceDefinitionCondition,
  CustomResourceDefinitionList, CustomResourceDefinitionNames, CustomResourceDefinitionSpec,
  CustomResourceDefinitionStatus, CustomResourceDefinitionVersion, CustomResourceSubresourceScale,
  CustomResourceSubresources, CustomResourceValidation, ExternalDocumentation, JSONSchemaProps, SelectableField,
  ServiceReference, ValidationRule, WebhookClientConfig, WebhookConversion,
} from '../../../generated/types/apiextensions-v1.ts';

const define = kindsOf({ group: 'apiextensions.k8s.io', version: 'v1', package: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1' });

export type CustomResourceDefinition = CustomResourceDefinitionObject;
/** The CustomResourceDefinition kind of apiextensions.k8s.io/v1. */
export const CustomResourceDefinition: Kind<CustomResourceDefinitionObject> = define('CustomResourceDefinition', {
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [statusSubresource],
});
