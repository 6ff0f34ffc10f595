import { formatSeconds } from '../terminal/format.ts';
import type { ServiceEvent } from './service-process.ts';

/** Says what a user should know of an event of a service: that it ended, waits, or serves again. */
export function noteServiceEvent(event: ServiceEvent, note: (text: string) => void): void {
  if (event.kind === 'crashed') {
    note(`${event.service} ended (${event.how}); starting it again in ${formatSeconds(event.againInMs / 1000)}`);
  } else if (event.kind === 'waiting') {
    note(`${event.service}: ${event.reason}`);
  } else if (event.restarts > 0) {
    note(`${event.service} serves again (process ${event.pid})`);
  }
}
