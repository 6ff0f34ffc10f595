import { UsageError } from '../command/errors.ts';
import type { Targets } from './targets.ts';

/**
 * Refuses an agent elsewhere together with a log elsewhere: services that a run starts would be workers on the queue of that
 * agent's cluster, and take the episodes of others. `log` is `sqlite` or the URL of a log. Throws `UsageError`.
 */
export function refuseSharedAgent(log: string, { agent }: Targets): void {
  if (agent === undefined || log === 'sqlite') return;
  throw new UsageError(
    `agent ${agent} and --log: this run would start three workers on the queue of that agent's cluster. ` +
      'To give a study to a cluster: qloom submit. To run one here: without QLOOM_AGENT_TARGET and services.agent. ' +
      'To add workers of this machine to a cluster: qloom up --log nats://host:port',
  );
}
