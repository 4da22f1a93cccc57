import { builtinKinds, defineKind } from '@keelson/api';
import { typedKind } from './typed-kind.ts';

const kinds = [...builtinKinds(), defineKind({ group: 'example.org', version: 'v1', kind: 'Gadget', shortNames: ['gd'] })];

it.each([
  ['deploy', 'Deployment'], ['Deployment', 'Deployment'], ['deployments', 'Deployment'], ['deployment.apps', 'Deployment'], ['deployments.v1.apps', 'Deployment'],
  ['po', 'Pod'], ['pods.v1', 'Pod'], ['ing', 'Ingress'], ['quota', 'ResourceQuota'], ['hpa', 'HorizontalPodAutoscaler'], ['gd', 'Gadget'], ['gadget.example.org', 'Gadget'],
  ['ev', 'Event'], ['crd', 'CustomResourceDefinition'], ['clusterrole', 'ClusterRole'],
])('%s is %s', (typed, kind) => {
  expect(typedKind(kinds, typed)?.kind).toBe(kind);
});

it.each(['deploy.example.org', 'widgets', '', 'deployments.v1beta1.apps'])('%s is no kind', (typed) => {
  expect(typedKind(kinds, typed)).toBeUndefined();
});
