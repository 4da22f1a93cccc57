// The rows of the scheduling algorithm.
import { report } from '../harness/outcome.ts';
import { schedulerFigures } from '../scheduler.ts';

const [every, sampled, selective, distinct] = schedulerFigures();
report('scheduler', every!.podsPerSecond, { sampledPerSecond: sampled!.podsPerSecond, selectorAndAffinityPerSecond: selective!.podsPerSecond, everyPodDifferentPerSecond: distinct!.podsPerSecond });
