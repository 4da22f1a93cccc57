export { Controllers, controller, Result } from './declaration.ts';
export type {
  Caches, ControllerDeclaration, EventRecorder, IndexDeclaration, ReconcileContext, ReconcileResult, WatchDeclaration,
} from './declaration.ts';
