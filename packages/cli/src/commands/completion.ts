import type { Command } from 'commander';
import { CliError, ExitCode } from '../errors.ts';
import type { World } from '../world.ts';

/** Words that may follow a command line so far: `keelson get` → clusters, kubeconfig. */
interface Step {
  /** Command words joined by a space, without the program's name. */
  readonly path: string;
  readonly words: readonly string[];
  readonly flags: readonly string[];
}

/** `keelson completion bash|zsh|fish`: a script for the shell to source. */
export function completion(world: World, program: Command, shell: string): number {
  const steps = stepsOf(program, []);
  const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
  if (script === undefined) throw new CliError('KEEL_USAGE_SHELL', `there is no completion for "${shell}": use bash, zsh or fish`);
  world.out.write(script(steps));
  return ExitCode.ok;
}

function stepsOf(command: Command, path: readonly string[]): Step[] {
  const visible = command.commands.filter((sub) => sub.name() !== 'help');
  const own: Step = {
    path: path.join(' '),
    words: visible.map((sub) => sub.name()),
    flags: command.options.filter((option) => !option.hidden).flatMap((option) => (option.long === undefined || option.long === null ? [] : [option.long])),
  };
  return [own, ...visible.flatMap((sub) => stepsOf(sub, [...path, sub.name()]))];
}

function bashScript(steps: readonly Step[]): string {
  const cases = steps.map((step) => `    '${step.path}') words='${[...step.words, ...step.flags].join(' ')}' ;;`).join('\n');
  return `# keelson completion for bash: source <(keelson completion bash)
_keelson() {
  local path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) case " $(_keelson_words "$path") " in *" $word "*) path="\${path:+$path }$word" ;; esac ;; esac
  done
  COMPREPLY=($(compgen -W "$(_keelson_words "$path")" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
_keelson_words() {
  local words=''
  case "$1" in
${cases}
  esac
  printf '%s' "$words"
}
complete -o default -F _keelson keelson
`;
}

function zshScript(steps: readonly Step[]): string {
  return `#compdef keelson
# keelson completion for zsh: source <(keelson completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bashScript(steps).split('\n').slice(1).join('\n')}`;
}

function fishScript(steps: readonly Step[]): string {
  const lines = steps.flatMap((step) => {
    const seen = step.path === '' ? 'not __fish_seen_subcommand_from ' + (steps[0]?.words.join(' ') ?? '') : step.path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    const next = step.words.length === 0 || step.path === '' ? '' : `; and not __fish_seen_subcommand_from ${step.words.join(' ')}`;
    return [
      ...step.words.map((word) => `complete -c keelson -f -n '${seen}${next}' -a ${word}`),
      ...step.flags.map((flag) => `complete -c keelson -n '${seen}' -l ${flag.slice(2)}`),
    ];
  });
  return `# keelson completion for fish: keelson completion fish | source\n${lines.join('\n')}\n`;
}
