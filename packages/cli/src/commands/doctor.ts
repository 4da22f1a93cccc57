import { runChecks } from '../doctor/checks.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Machine } from '../doctor/machine.ts';
import { ExitCode } from '../errors.ts';
import { formatOf, print } from '../output/print.ts';
import type { World } from '../world.ts';

const marks = { ok: '✓', warn: '!', fail: '✗' } as const;

/** `keelson doctor [--fix]`: what works here and what does not. Exit code 4 when something keeps keelson from working. */
export async function doctor(world: World, machine: Machine, flags: { readonly fix?: boolean; readonly output?: string }): Promise<number> {
  const format = formatOf(flags.output);
  const findings = await runChecks(world, machine);
  const fixed = new Map<Finding, string>();
  if (flags.fix === true) for (const finding of findings) if (finding.fix !== undefined) fixed.set(finding, await finding.fix());
  const failing = findings.some((finding) => finding.verdict === 'fail' && !fixed.has(finding));
  const data = { ok: !failing, checks: findings.map((finding) => ({ check: finding.check, verdict: finding.verdict, detail: finding.detail, remedy: finding.remedy, fixed: fixed.get(finding) })) };
  print(world.out, format, data, () => findings.map((finding) => lineOf(finding, fixed.get(finding))).join('\n'));
  return failing ? ExitCode.environment : ExitCode.ok;
}

function lineOf(finding: Finding, fixed: string | undefined): string {
  const line = ` ${fixed === undefined ? marks[finding.verdict] : '✓'} ${finding.check}: ${finding.detail}`;
  if (fixed !== undefined) return `${line}\n     fixed: ${fixed}`;
  return finding.remedy === undefined ? line : `${line}\n     ${finding.remedy}`;
}
