export { FilterPolicies, ScorePolicies, normalizeByMax } from './policies.ts';
export type { ClusterEvent, FilterPlan, FilterPolicy, ScorePlan, ScorePolicy } from './policies.ts';
export type { AttributeColumn, ClusterSnapshot, NodeAttribute, NodeView, PodInfo, ResourceColumn } from './snapshot.ts';
