import { conditions, fields, keyed, merged, type PackageOverlay } from './marks.ts';

/** Marks of apiextensions.k8s.io/v1. */
export const apiextensionsOverlay: PackageOverlay = {
  CustomResourceDefinitionStatus: fields({ conditions: keyed('type') }),
  JSONSchemaProps: fields({ 'x-kubernetes-validations': merged('rule') }),
};

/** Marks of apiregistration.k8s.io/v1. */
export const apiregistrationOverlay: PackageOverlay = {
  // Upstream marks this byte field as a list, which no client acts on; kept so that documents agree.
  APIServiceSpec: fields({ caBundle: { listType: 'atomic' } }),
  APIServiceStatus: fields({ conditions }),
};
