import { existsSync } from 'node:fs';

/** Name of the plugin in the conflist, and of its file. */
export const shimType = 'keelson-cni';

/**
 * The program that containerd calls as CNI plugin: sends its `CNI_` variables and its input over a unix socket and
 * prints what comes back. Perl starts in 2 ms and is on every Debian; Node, slower, where it is missing.
 */
export function shimScript(socket: string, perl = '/usr/bin/perl', node = process.execPath): string {
  return existsSync(perl) ? perlScript(perl, socket) : nodeScript(node, socket);
}

function perlScript(perl: string, socket: string): string {
  return `#!${perl}
use strict;
use warnings;
use Socket;

my $path = ${quoted(socket)};

sub fail {
  my ($message) = @_;
  $message =~ s/(["\\\\])/\\\\$1/g;
  print qq({"cniVersion":"1.0.0","code":11,"msg":"$message"}\\n);
  exit 1;
}

local $/;
binmode STDIN;
binmode STDOUT;
my $input = <STDIN>;
socket(my $agent, PF_UNIX, SOCK_STREAM, 0) or fail("no socket: $!");
connect($agent, sockaddr_un($path)) or fail("the node agent does not answer at $path: $!");
binmode $agent;
my $call = join('', map { "$_=$ENV{$_}\\n" } grep { /^CNI_/ } sort keys %ENV) . "\\n" . (defined $input ? $input : '');
for (my $at = 0; $at < length $call;) {
  my $sent = syswrite($agent, $call, length($call) - $at, $at);
  defined $sent or fail("the node agent went away: $!");
  $at += $sent;
}
shutdown($agent, 1);
my $answer = <$agent>;
defined $answer && $answer =~ s/^(\\d+)\\n// or fail('the node agent broke off');
my $code = $1;
print $answer;
exit $code;
`;
}

function nodeScript(node: string, socket: string): string {
  return `#!${node}
const { connect } = require('node:net');
const path = ${JSON.stringify(socket)};
const fail = (message) => {
  process.stdout.write(JSON.stringify({ cniVersion: '1.0.0', code: 11, msg: message }) + '\\n');
  process.exitCode = 1;
};
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
  const names = Object.keys(process.env).filter((name) => name.startsWith('CNI_')).sort();
  let answer = '';
  const agent = connect(path, () => agent.end(names.map((name) => name + '=' + process.env[name] + '\\n').join('') + '\\n' + Buffer.concat(chunks)));
  agent.setEncoding('utf8').on('data', (text) => (answer += text));
  agent.on('error', (error) => fail('the node agent does not answer at ' + path + ': ' + error.message));
  agent.on('end', () => {
    const match = /^(\\d+)\\n([\\s\\S]*)$/.exec(answer);
    if (match === null) return fail('the node agent broke off');
    process.stdout.write(match[2]);
    process.exitCode = Number(match[1]);
  });
});
`;
}

/** For single quotes of Perl. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
