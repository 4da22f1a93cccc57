import { spawn } from 'node:child_process';
import { KeelsonError } from '@keelson/sdk';

/** Programs that change the kernel's tables, in the host's network namespace. */
export interface KernelCommands {
  /** One atomic transaction. */
  nft(lines: readonly string[], signal: AbortSignal): Promise<void>;
  /** Forgets flows; fine when there are none. */
  conntrack(args: readonly string[]): Promise<void>;
}

/** `netns`: path of the host's network namespace; undefined: that of this process. */
export function kernelCommands(netns: string | undefined): KernelCommands {
  const command = (program: string, args: readonly string[]): readonly [string, ...string[]] =>
    netns === undefined ? [program, ...args] : ['nsenter', `--net=${netns}`, '--', program, ...args];
  return {
    async nft(lines, signal) {
      const { code, said } = await run(command('nft', ['-f', '-']), `${lines.join('\n')}\n`, signal);
      if (code !== 0) throw new KeelsonError('KEEL_PROXY_NFT', `nft refused the rules: ${said}`);
    },
    async conntrack(args) {
      const { code, said } = await run(command('conntrack', args), '', undefined);
      // 1 with "0 flow entries": there was nothing to forget.
      if (code !== 0 && !said.includes('0 flow entries')) throw new KeelsonError('KEEL_PROXY_CONNTRACK', `conntrack ${args.join(' ')} failed: ${said}`);
    },
  };
}

function run([program, ...args]: readonly [string, ...string[]], input: string, signal: AbortSignal | undefined): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'], ...(signal === undefined ? {} : { signal }) });
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => {
      if (errors.length < 32) errors.push(chunk);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new KeelsonError('KEEL_PROXY_PROGRAM', `${program} is not installed: install nftables, conntrack and util-linux, or choose the userspace mode`) : error);
    });
    child.on('close', (code) => resolve({ code: code ?? 1, said: Buffer.concat(errors).toString('utf8').trim().slice(0, 2000) }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
