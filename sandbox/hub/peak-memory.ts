import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/**
 * The most memory that this process has had resident, in MB. On Linux the kernel's own count of it: what `getrusage` answers
 * begins with the memory of the process that started this one.
 */
export function peakRssMb(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, 'utf8') : '';
  const [, kilobytes = process.resourceUsage().maxRSS] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
