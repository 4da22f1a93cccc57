import { Command, CommanderError } from 'commander';
import type { Machine } from './doctor/machine.ts';
import { CliError, describeError, exitCodeOf, ExitCode } from './errors.ts';
import type { World } from './world.ts';
import type { UpFlags } from './commands/up-options.ts';
import type { ClusterFlags } from './cluster/find.ts';
import type { TraceFlags } from './commands/trace.ts';
import type { NodeFlags } from './commands/node.ts';
import type { OperatorFlags } from './commands/operator.ts';
import type { ImageFlags } from './commands/image.ts';

/** Runs one command line; resolves to the exit code and never rejects. */
export async function runProgram(world: World, machine: Machine, args: readonly string[]): Promise<number> {
  const outcome = { code: ExitCode.ok as number };
  const program = describeProgram(world, machine, (code) => (outcome.code = code));
  try {
    await program.parseAsync(helpAsFlag(program, args), { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return ExitCode.ok;
      world.err.write(`reason: ${usageReason(error)}\n`);
      return ExitCode.usage;
    }
    world.err.write(describeError(error));
    return exitCodeOf(error);
  }
}

/** `help distro build` is `distro build --help`: the parser's own help command knows only the first word. */
function helpAsFlag(program: Command, args: readonly string[]): string[] {
  const [first, ...words] = args;
  if (first !== 'help' || words.some((word) => word.startsWith('-'))) return [...args];
  let at = program;
  for (const word of words) {
    const next = at.commands.find((command) => command.name() === word);
    if (next === undefined) throw new CliError('KEEL_USAGE_COMMAND', `there is no command "${words.join(' ')}": type keelson ${[...pathTo(at, program), '--help'].join(' ')}`);
    at = next;
  }
  return [...words, '--help'];
}

function pathTo(command: Command, program: Command): readonly string[] {
  return command === program || command.parent === null ? [] : [...pathTo(command.parent, program), command.name()];
}

/** `commander.unknownOption` is KEEL_USAGE_UNKNOWN_OPTION: as stable as the parser's own codes. */
function usageReason({ code }: CommanderError): string {
  const name = code === 'commander.help' ? 'command' : code.replace(/^commander\./, '');
  return `KEEL_USAGE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Implementations load when they run, so that `keelson status` does not pay for `up`. */
function describeProgram(world: World, machine: Machine, finish: (code: number) => void): Command {
  const program = new Command('keelson')
    .description('Kubernetes that you can take apart')
    .version(world.version, '-V, --version')
    .showHelpAfterError('(keelson --help lists what there is)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => world.out.write(text), writeErr: (text) => world.err.write(text) });

  clusterFlags(program.command('up').description('run the cluster of the current directory until Ctrl-C'), { port: '6443', logLevel: 'warn' })
    .option('--name <name>', 'name of the cluster and its context, keelson-<name> (KEELSON_CLUSTER_NAME)')
    .option('--data-dir <dir>', 'where the cluster keeps its data (default .keelson)')
    .action(async (flags: UpFlags) => finish(await (await import('./commands/up.ts')).up(world, flags, machine)));

  const create = program.command('create').description('make a cluster in the background');
  const remove = program.command('delete').description('remove a cluster');
  const get = program.command('get').description('list clusters, print a kubeconfig');
  const cluster = program.command('cluster').description('create, delete, list clusters');
  for (const parent of [create.command('cluster [name]'), cluster.command('create [name]')]) {
    clusterFlags(parent.description('make a cluster that runs in the background'), { port: '0', logLevel: 'info' })
      .option('--name <name>', 'name of the cluster (KEELSON_CLUSTER_NAME)')
      .option('--config <file>', 'the same as --distribution')
      .option('--retain', 'keep data and log when the start fails')
      .action(async (name: string | undefined, flags: UpFlags & { retain?: boolean; config?: string }) => {
        const distribution = flags.distribution ?? flags.config;
        finish(await (await import('./commands/cluster.ts')).createCluster(world, nameOf(world, name, flags), distribution === undefined ? flags : { ...flags, distribution }));
      });
  }
  for (const parent of [remove.command('cluster [name]'), cluster.command('delete [name]')]) {
    output(parent)
      .description('stop a cluster and remove its data')
      .option('--name <name>', 'name of the cluster (KEELSON_CLUSTER_NAME)')
      .option('--kubeconfig <file>', 'also remove its context from this file')
      .action(async (name: string | undefined, flags: { name?: string; kubeconfig?: string; output?: string }) => finish(await (await import('./commands/cluster.ts')).deleteCluster(world, nameOf(world, name, flags), flags)));
  }
  for (const parent of [get.command('clusters'), cluster.command('list')]) {
    output(parent.description('list clusters')).action(async (flags: { output?: string }) => finish((await import('./commands/cluster.ts')).getClusters(world, flags)));
  }
  chosen(get.command('kubeconfig').description('print the kubeconfig of a ready cluster')).action(async (flags: ClusterFlags) => finish(await (await import('./commands/kubeconfig.ts')).getKubeconfig(world, flags)));

  output(chosen(program.command('status').description('is the cluster there and ready'))).action(async (flags: ClusterFlags & { output?: string }) => finish(await (await import('./commands/status.ts')).status(world, flags)));

  const plugin = program.command('plugin').description('look at plugins');
  const distribution = '--distribution <file|preset>';
  output(chosen(plugin.command('list').description('plugins with their states')))
    .option(distribution, 'plugins of a distribution instead of the running cluster')
    .action(async (flags: ClusterFlags & { output?: string; distribution?: string }) => finish(await (await import('./commands/plugin.ts')).pluginList(world, flags)));
  output(chosen(plugin.command('describe <plugin>').description('one plugin and what it is connected with')))
    .option(distribution, 'look in a distribution instead of the running cluster')
    .action(async (name: string, flags: ClusterFlags & { output?: string; distribution?: string }) => finish(await (await import('./commands/plugin.ts')).pluginDescribe(world, name, flags)));

  output(chosen(program.command('trace <kind/name>').description('what a change of an object caused, as one tree')))
    .option('-n, --namespace <namespace>', 'namespace of the object (default: default)')
    .option('--limit <n>', 'show so many traces, newest first (default 1)')
    .action(async (target: string, flags: TraceFlags) => finish(await (await import('./commands/trace.ts')).trace(world, target, flags)));

  output(program.command('doctor').description('what works on this machine and what does not'))
    .option('--fix', 'repair what can be repaired')
    .action(async (flags: { fix?: boolean; output?: string }) => finish(await (await import('./commands/doctor.ts')).doctor(world, machine, flags)));

  program
    .command('node')
    .description('nodes with a process of their own')
    .command('run')
    .description('run the agent of the host that this is, until Ctrl-C')
    .requiredOption('--config <file>', 'configuration of the node')
    .action(async (flags: NodeFlags) => finish(await (await import('./commands/node.ts')).nodeRun(world, flags)));

  program
    .command('operator')
    .description('run plugins against any cluster')
    .command('run <plugin>')
    .description('run one plugin, by name or path, until Ctrl-C')
    .option('--kubeconfig <file>', 'cluster to run against (default: as kubectl)')
    .option('--context <context>', 'context in that file')
    .option('--config <yaml|@file>', 'configuration of the plugin')
    .option('--log-level <level>', 'debug, info, warn or error (default info)')
    .action(async (name: string, flags: OperatorFlags) => finish(await (await import('./commands/operator.ts')).operatorRun(world, name, flags)));

  describeImage(world, machine, { program, finish });
  describeDistro(world, program, finish);
  program
    .command('completion <shell>')
    .description('completion script for bash, zsh or fish')
    .action(async (shell: string) => finish((await import('./commands/completion.ts')).completion(world, program, shell)));
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

function describeImage(world: World, machine: Machine, { program, finish }: { readonly program: Command; readonly finish: (code: number) => void }): void {
  const image = program.command('image').description('images of the nodes of a cluster');
  const load = () => import('./commands/image.ts');
  const sockets = (command: Command): Command =>
    output(chosen(command)).option('--containerd <socket>', 'a containerd by its socket instead of the cluster, may be repeated', (socket: string, before: readonly string[] = []) => [...before, socket]);
  sockets(image.command('import <files...>').description('put image archives into every node'))
    .action(async (files: readonly string[], flags: ImageFlags) => finish(await (await load()).imageImport(world, machine, files, flags)));
  sockets(image.command('list').description('images, and the nodes that have them')).action(async (flags: ImageFlags) => finish(await (await load()).imageList(world, machine, flags)));
}

function describeDistro(world: World, program: Command, finish: (code: number) => void): void {
  const distro = program.command('distro').description('check, explain and build distributions');
  const load = () => import('./commands/distro.ts');
  output(distro.command('check [file]').description('every problem of a distribution, without starting it')).action(async (file: string | undefined, flags: { output?: string }) => finish(await (await load()).distroCheck(world, file, flags)));
  output(distro.command('explain <plugin>').description('why a plugin is there'))
    .option('--distribution <file|preset>', 'default: standard')
    .action(async (plugin: string, flags: { output?: string; distribution?: string }) => finish(await (await load()).distroExplain(world, plugin, flags)));
  distro
    .command('graph [file]')
    .description('start order with its edges')
    .option('-o, --output <format>', 'json or dot')
    .action(async (file: string | undefined, flags: { output?: string }) => finish(await (await load()).distroGraph(world, file, flags)));
  output(distro.command('build <file>').description('one runnable file with its manifests'))
    .option('--out-dir <dir>', 'default: dist/<name>')
    .action(async (file: string, flags: { outDir?: string; output?: string }) => finish(await (await load()).distroBuild(world, file, flags)));
}

function clusterFlags(command: Command, defaults: { readonly port: string; readonly logLevel: string }): Command {
  return output(command)
    .option('--distribution <file|preset>', 'what to run: minimal, standard or a distribution file (default standard)')
    .option('--api-port <port>', `port of the API server, 0 for any (default ${defaults.port})`)
    .option('--bind-address <ip>', 'address to listen at (default 127.0.0.1)')
    .option('--kubeconfig <file>', 'merge the context into this file as well')
    .option('--nodes <n>', 'number of nodes (default 3)')
    .option('--hosts <n>', 'number of hosts, each with a network, a containerd and a node of its own; needs root')
    .option('--runtime <sim|process|cri>', 'what runs containers (default sim, on hosts cri)')
    .option('--cni <variant>', 'network of pods on hosts (default flannel-vxlan)')
    .option('--proxy <mode>', 'service proxy on hosts (default nftables)')
    .option('--ingress <name>', 'ingress proxy on hosts, at ports 80 and 443 of each: built-in (default) or none')
    .option('--hosts-network <cidr>', 'IPv4 range of the hosts (default: the first free one from 10.99.0.0/24 on)')
    .option('--storage <memory|embedded|etcd>', 'where objects are kept (default embedded)')
    .option('--storage-endpoints <urls>', 'etcd endpoints, separated by commas')
    .option('--wait <duration>', 'give up when not ready within, for example 60s')
    .option('--seed <text>', 'make chance reproducible')
    .option('--log-level <level>', `debug, info, warn or error (default ${defaults.logLevel})`);
}

function chosen(command: Command): Command {
  return command.option('--name <name>', 'cluster (default: the one of the current directory)').option('--data-dir <dir>', 'data directory of the cluster');
}

function output(command: Command): Command {
  return command.option('-o, --output <format>', 'json');
}

function nameOf(world: World, argument: string | undefined, flags: { readonly name?: string }): string {
  return argument ?? flags.name ?? world.env['KEELSON_CLUSTER_NAME'] ?? 'keelson';
}
