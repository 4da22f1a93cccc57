import type { KubeObject } from '@keelson/api';
import runner from '@keelson/controller-runner';
import { defineDistribution, use, type ConfigInput } from '@keelson/distro';
import type { Logger, Plugin, PluginUse } from '@keelson/sdk';
import { cluster, type TestCluster } from './cluster.ts';
import { explained } from './failure.ts';
import { Refusals } from './refusals.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface HarnessOptions<C> {
  readonly config?: ConfigInput<C>;
  /** Applied, in order, once the plugin runs: YAML or objects. */
  readonly objects?: string | readonly KubeObject[];
  /** More plugins that the test needs (a runtime, the node agent, a scheduler). */
  readonly plugins?: readonly (Plugin | PluginUse)[];
  /** False leaves the controller runner out; default true. */
  readonly runner?: boolean;
  readonly seed?: string;
  readonly log?: Logger;
}

/**
 * Runs a plugin on the real kernel over memory, in virtual time, and the test's body against it.
 *
 * Fails, besides with the body, when the plugin does not start, when the API refused something that its `rbac` should
 * allow, when a hook exceeded its limit and when a timer outlives the cluster. A failure carries seed and span tree.
 */
export async function harness<C>(plugin: Plugin<C>, options: HarnessOptions<C>, body: (test: TestCluster) => Promise<void> | void): Promise<void> {
  const { config, objects = [], plugins = [], seed, log } = options;
  const refusals = new Refusals();
  const clock = new VirtualClock(undefined, { origins: true });
  const withRunner = options.runner !== false && !plugins.some((one) => nameOf(one) === runner.name) && plugin.name !== runner.name;
  const distribution = defineDistribution({ name: 'harness', version: '0.1.0', plugins: [use(plugin, config), ...(withRunner ? [runner] : []), ...plugins] });
  const test = await cluster(distribution, {
    clock,
    ...(seed === undefined ? {} : { seed }),
    ...(log === undefined ? {} : { log }),
    wrapTransport: (transport, name) => (name === plugin.name ? refusals.wrap(transport) : transport),
  });
  const watched = new WatchedHooks(test, plugin.name);
  try {
    try {
      watched.expectReady();
      await test.apply(objects);
      await body(test);
    } finally {
      await test.close();
    }
    watched.look();
  } catch (error) {
    throw explained(withHint(error, refusals), test);
  }
  const problems = [...refusalProblems(plugin.name, refusals), ...watched.problems, ...leakProblems(clock)];
  if (problems.length > 0) throw explained(new Error(problems.join('\n')), test);
}

/** What a plugin's hooks did, read from what the host says about it. */
class WatchedHooks {
  readonly problems: string[] = [];

  constructor(
    private readonly test: TestCluster,
    private readonly plugin: string,
  ) {
    test.cluster.host.onChange(() => this.look());
    this.look();
  }

  expectReady(): void {
    const status = this.#status();
    if (status?.state !== 'ready') throw new Error(`${this.plugin} is ${status?.state ?? 'not there'} after the start: ${status?.lastError ?? 'no error was given'}`);
  }

  look(): void {
    const error = this.#status()?.lastError;
    if (error !== undefined && /^(start|ready|drain|stop) of .* did not finish within/.test(error) && !this.problems.includes(error)) this.problems.push(error);
  }

  #status() {
    return this.test.cluster.host.status().find(({ name }) => name === this.plugin);
  }
}

function nameOf(listed: Plugin | PluginUse): string {
  return 'use' in listed ? listed.use.name : listed.name;
}

/** A body that fails because of a missing permission should not send its author looking elsewhere. */
function withHint(error: unknown, refusals: Refusals): unknown {
  if (refusals.rules.length === 0 || !(error instanceof Error)) return error;
  error.message += `\n\nthe API refused what "rbac" does not list, perhaps that is why; add:\n${rulesText(refusals)}`;
  return error;
}

function refusalProblems(plugin: string, refusals: Refusals): readonly string[] {
  return refusals.rules.length === 0 ? [] : [`the API refused what the manifest of ${plugin} does not ask for; add to its "rbac":\n${rulesText(refusals)}`];
}

function rulesText(refusals: Refusals): string {
  const list = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(', ')}]`;
  return refusals.rules.map((rule) => `  { groups: ${list(rule.groups ?? [])}, resources: ${list(rule.resources ?? [])}, verbs: ${list(rule.verbs)} },`).join('\n');
}

function leakProblems(clock: VirtualClock): readonly string[] {
  return clock.timers.map((timer) => `a timer due in ${timer.in} ms was left behind when everything had stopped; it was set\n${timer.origin ?? ''}`);
}
