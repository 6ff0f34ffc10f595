import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Identifies a process so that others on the same machine can check whether it is alive: the scope of its id (host,
 * boot, pid namespace), the id, and its start time, since ids are reused.
 */
export interface ProcessIdentity {
  readonly world: string;
  readonly pid: number;
  /** Clock ticks since boot from /proc, or '' where there is no /proc. */
  readonly start: string;
}

/** This process. */
export function identifySelf(): ProcessIdentity {
  return { world: worldOfSelf(), pid: process.pid, start: statOf(process.pid)?.start ?? '' };
}

/**
 * Whether `other` is known to be dead. False when it is alive or its state is unknown: another host, another container
 * with process ids of its own. Its lease then runs out by the clock.
 */
export function isKnownDead(other: ProcessIdentity, self: ProcessIdentity): boolean {
  if (other.world !== self.world) return false;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  if (other.start === '') return false;
  const stat = statOf(other.pid);
  // A zombie has ended and was not reaped yet.
  return stat === undefined || stat.start !== other.start || stat.state === 'Z' || stat.state === 'X';
}

function worldOfSelf(): string {
  const parts = [hostname()];
  try {
    parts.push(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), readlinkSync('/proc/self/ns/pid'));
  } catch {
    // No Linux /proc: one pid namespace a host.
  }
  return parts.join(' ');
}

function statOf(pid: number): { state: string; start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in parentheses and may contain anything: count fields from its end (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return undefined;
  }
}
