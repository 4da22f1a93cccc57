import type { Clock } from '@keelson/sdk';
import type { ILeaseKeepAliveResponse, LeaseClient } from 'etcd3';
import type { LeaseId } from '../contract.ts';

const answerMs = 5000;

interface Stream {
  write(request: { readonly ID: string }): void;
  cancel(): void;
  on(event: 'data', listener: (response: ILeaseKeepAliveResponse) => void): void;
  on(event: 'error' | 'end', listener: (error?: Error) => void): void;
}

/** Renews a lease once; seconds that it has from now, 0 if it has ended. Rejects with the library's errors. */
export async function keepAlive(client: LeaseClient, id: LeaseId, clock: Clock): Promise<number> {
  const stream = (await client.leaseKeepAlive()) as unknown as Stream;
  return new Promise<number>((resolve, reject) => {
    const timer = clock.after(answerMs, () => settle(() => reject(new Error('No connection established: no answer to a keep-alive'))));
    let settled = false;
    const settle = (how: () => void): void => {
      if (settled) return;
      settled = true;
      timer.cancel();
      how();
      stream.cancel();
    };
    stream.on('data', ({ TTL }) => settle(() => resolve(Number(TTL))));
    // Renewing is harmless to repeat, so a lost stream counts as not carried out.
    stream.on('error', (error) => settle(() => reject(error ?? new Error('No connection established'))));
    stream.on('end', () => settle(() => reject(new Error('No connection established: the keep-alive stream ended'))));
    stream.write({ ID: id });
  });
}
