/** One named check of `/readyz`, `/livez` and `/healthz`. */
export interface HealthCheck {
  readonly name: string;
  /** Rejects, or resolves to a reason, when it fails. */
  check(): Promise<string | undefined> | string | undefined;
}

/** Text of a health endpoint and whether it is good. */
export interface HealthAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** Runs checks and words the answer as upstream: `ok`, or with `verbose` one line a check. */
export async function answerHealth(endpoint: string, checks: readonly HealthCheck[], options: { readonly verbose: boolean; readonly exclude: readonly string[] }): Promise<HealthAnswer> {
  const lines: string[] = [];
  const failed: string[] = [];
  for (const check of checks) {
    if (options.exclude.includes(check.name)) {
      lines.push(`[+]${check.name} excluded: ok`);
      continue;
    }
    const problem = await run(check);
    if (problem === undefined) lines.push(`[+]${check.name} ok`);
    else {
      lines.push(`[-]${check.name} failed: ${problem}`);
      failed.push(check.name);
    }
  }
  if (failed.length > 0) return { ok: false, text: `${lines.join('\n')}\n${endpoint} check failed\n` };
  return { ok: true, text: options.verbose ? `${lines.join('\n')}\n${endpoint} check passed\n` : 'ok' };
}

async function run(check: HealthCheck): Promise<string | undefined> {
  try {
    return await check.check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
