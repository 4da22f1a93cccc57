import admissionNamespaceLifecycle from '@keelson/admission-namespace-lifecycle';
import nodeAgent from '@keelson/node/plugin';
import controllerRunner from '@keelson/controller-runner';
import runtimeSim from '@keelson/runtime-sim';
import schedulerCore from '@keelson/scheduler-core';
import schedulerNodeName from '@keelson/scheduler-node-name';
import schedulerNodeResourcesFit from '@keelson/scheduler-node-resources-fit';
import schedulerNodeUnschedulable from '@keelson/scheduler-node-unschedulable';
import schedulerTaintToleration from '@keelson/scheduler-taint-toleration';
import { defineDistribution } from '../definition.ts';
import { orders } from './orders.ts';

/** The least that brings a pod to run and takes it away again: namespaces, a scheduler with the filters that keep it honest, simulated nodes. */
export const minimal = defineDistribution({
  name: 'minimal',
  version: '0.1.0',
  extends: [orders],
  plugins: [
    admissionNamespaceLifecycle,
    controllerRunner, nodeAgent, runtimeSim,
    schedulerCore, schedulerNodeName, schedulerNodeResourcesFit, schedulerNodeUnschedulable,
    schedulerTaintToleration,
  ],
});
