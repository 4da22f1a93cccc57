import type { Clock } from '@keelson/sdk';
import type { UsageStats } from '@keelson/sdk/runtime';

/** What this process uses. */
export function ownUsage(clock: Clock): UsageStats {
  const { user, system } = process.cpuUsage();
  return { at: clock.now(), cpuNanos: 1000 * (user + system), memoryWorkingSetBytes: process.memoryUsage.rss() };
}
