import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
  /** Address of the experiment service; empty where it was not asked for. */
  readonly experiment: string;
  readonly signal: AbortSignal;
}

/** The experiment service of a command: a running one, or one that is started on the campaign's log. */
export interface ExperimentFlags {
  /** Address of a running one. */
  readonly experiment?: string;
  /** File of backends for one of its own. */
  readonly backends?: string;
}

/** Options of {@link withCampaign}. */
interface CampaignOptions {
  /** Whether the folder of the campaign may be absent. */
  readonly creates?: boolean;
  /** Whether a committee is trained. Default: where the campaign is created. */
  readonly trains?: boolean;
  /** The experiment service, where `work` needs it. */
  readonly experiment?: ExperimentFlags;
}

/**
 * Does `work` with the agent that holds campaign `id`: the one that `--agent` or `--context` names, else one that is started for
 * the time of the call on the log in `<out>/<id>`, with the services that a committee needs where it `trains` one. Throws `UsageError`
 * where that folder is not there, unless it `creates` the campaign, and where no experiment service is named beside an agent elsewhere, whose log
 * none of this machine can use.
 */
export async function withCampaign<T>(
  id: string,
  flags: CampaignFlags,
  work: (clients: CampaignClients) => Promise<T>,
  options: CampaignOptions = {},
): Promise<T> {
  const interrupt = listenForInterrupt();
  try {
    if (flags.agent !== undefined || flags.context !== undefined) {
      const experiment = options.experiment?.experiment ?? '';
      if (options.experiment !== undefined && experiment === '') {
        throw new UsageError(
          '--experiment: is not given; the address of the experiment service beside the agent is right, so that budgets are in the same log',
        );
      }
      return await withAgent(flags, process.env, ({ client, campaigns }) =>
        work({ agent: client, campaigns, experiment, signal: interrupt.signal }),
      );
    }
    return await withLocalAgent(id, flags.out, options, interrupt.signal, work);
  } finally {
    interrupt.dispose();
  }
}

async function withLocalAgent<T>(
  id: string,
  out: string,
  { creates = false, trains = creates, experiment }: CampaignOptions,
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
    targets: {
      ...targetsFromEnvironment(process.env),
      ...(experiment?.experiment === undefined ? {} : { experiment: experiment.experiment }),
    },
    services: [
      'agent',
      ...(trains ? (['generator', 'qnn-sim'] as const) : []),
      ...(experiment === undefined ? [] : (['experiment'] as const)),
    ],
    ...(experiment?.backends === undefined ? {} : { backends: resolve(experiment.backends) }),
  }).catch((error) => {
    lock.release();
    throw error;
  });
  const experimentTarget = experiment === undefined ? '' : session.services.targets.experiment;
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
    return await Promise.race([
      work({ agent, campaigns, experiment: experimentTarget, signal }),
      session.failed,
      interrupted,
    ]);
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
