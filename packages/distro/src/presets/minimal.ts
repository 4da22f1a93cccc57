import runtimeSim from '@keelson/runtime-sim';
import schedulerCore from '@keelson/scheduler-core';
import nodeName from '@keelson/scheduler-node-name';
import nodeResourcesFit from '@keelson/scheduler-node-resources-fit';
import nodeUnschedulable from '@keelson/scheduler-node-unschedulable';
import taintToleration from '@keelson/scheduler-taint-toleration';
import { defineDistribution } from '../definition.ts';
import { orders } from './orders.ts';

/** The least that brings a pod to run: a scheduler with the filters that keep it honest, and simulated nodes. */
export const minimal = defineDistribution({
  name: 'minimal',
  version: '0.1.0',
  extends: [orders],
  plugins: [schedulerCore, nodeName, nodeResourcesFit, nodeUnschedulable, taintToleration, runtimeSim],
});
