import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceError } from '@grpc/grpc-js';
import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { CampaignServiceService } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { CommandError, InterruptedError, UsageError } from '../command/errors.ts';
import type { AgentFlags } from '../context/choose-agent.ts';
import { withAgent } from '../remote/connect-agent.ts';
import type { AgentClient } from '../run/follow-study.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { startSession } from '../run/session.ts';
import { lockFolder } from '../run-folder/lock.ts';
import { runFolderAt } from '../run-folder/run-folder.ts';
import { targetsFromEnvironment } from '../study-file/targets.ts';

/** Where a campaign is: with an agent, or in a folder of this machine. */
export interface CampaignFlags extends AgentFlags {
  readonly out: string;
}

/** The clients of an agent. */
export interface CampaignClients {
  readonly agent: AgentClient;
  readonly campaigns: Remote<typeof CampaignServiceService>;
  readonly signal: AbortSignal;
}

/**
 * Does `work` with the agent that holds campaign `id`: the one that `--agent` or `--context` names, else one that is started for
 * the time of the call on the log in `<out>/<id>`, with the services that a committee needs where it `trains` one. Throws `UsageError`
 * where that folder is not there, unless it `creates` the campaign.
 */
export async function withCampaign<T>(
  id: string,
  flags: CampaignFlags,
  work: (clients: CampaignClients) => Promise<T>,
  { creates = false, trains = creates }: { readonly creates?: boolean; readonly trains?: boolean } = {},
): Promise<T> {
  const interrupt = listenForInterrupt();
  try {
    if (flags.agent !== undefined || flags.context !== undefined) {
      return await withAgent(flags, process.env, ({ client, campaigns }) =>
        work({ agent: client, campaigns, signal: interrupt.signal }),
      );
    }
    return await withLocalAgent(id, flags.out, { creates, trains }, interrupt.signal, work);
  } finally {
    interrupt.dispose();
  }
}

async function withLocalAgent<T>(
  id: string,
  out: string,
  { creates, trains }: { readonly creates: boolean; readonly trains: boolean },
  signal: AbortSignal,
  work: (clients: CampaignClients) => Promise<T>,
): Promise<T> {
  const folder = runFolderAt(join(out, id));
  if (!creates && !existsSync(folder.database)) {
    throw new UsageError(
      `${join(out, id)} holds no campaign; create it with qloom acquire ${id}, or name its agent with --agent`,
    );
  }
  const lock = lockFolder(folder.path);
  const session = await startSession({
    folder,
    log: 'sqlite',
    targets: targetsFromEnvironment(process.env),
    services: trains ? ['agent', 'generator', 'qnn-sim'] : ['agent'],
  }).catch((error) => {
    lock.release();
    throw error;
  });
  const agent = connect(AgentServiceService, session.services.targets.agent);
  const campaigns = connect(CampaignServiceService, session.services.targets.agent);
  const interrupted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(new InterruptedError('', { cause: signal.reason }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  interrupted.catch(() => {});
  try {
    await Promise.race([session.services.started, session.failed, interrupted]);
    return await Promise.race([work({ agent, campaigns, signal }), session.failed, interrupted]);
  } catch (error) {
    throw isServiceError(error) ? refusal(error) : error;
  } finally {
    agent.close();
    campaigns.close();
    await session.stop();
    lock.release();
  }
}

/** A refusal of the local agent, which is no matter of an address. */
const refusal = (error: ServiceError): CommandError =>
  new CommandError(error.details || error.message, { cause: error });
