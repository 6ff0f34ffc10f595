import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { CampaignServiceService } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { type ConnectOptions, connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { ClearTokenError, type OpenConnection, openConnection } from '@qloom/service-kit/client/open-connection.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { TlsFileError } from '@qloom/service-kit/tls/certificates.ts';
import { TokenFileError } from '@qloom/service-kit/tls/tokens.ts';
import { UsageError } from '../command/errors.ts';
import { systemErrorText } from '../command/system-error.ts';
import { type AgentFlags, type ChosenAgent, chooseAgent } from '../context/choose-agent.ts';
import type { AgentClient } from '../run/follow-study.ts';
import { HEALTH } from '../supervisor/probe.ts';
import { explainError } from './explain-error.ts';

/** An agent that answers. */
export interface RemoteAgent {
  readonly client: AgentClient;
  /** Its campaigns. */
  readonly campaigns: Remote<typeof CampaignServiceService>;
  /** Address, as messages show it. */
  readonly address: string;
  /** Options that choose the agent again, for commands that messages advise. */
  readonly options: string;
  readonly traces?: string;
}

/** How long the first answer may take, while the user waits. Unit: milliseconds. */
const FIRST_ANSWER_MS = 5_000;

/**
 * Does `work` with the agent that the options choose. Throws `UsageError` where an option, a context or a file is wrong,
 * and `CommandError` with a remedy where the agent does not answer or refuses the caller.
 */
export async function withAgent<T>(
  flags: AgentFlags,
  env: Readonly<Record<string, string | undefined>>,
  work: (agent: RemoteAgent) => Promise<T>,
): Promise<T> {
  const chosen = chooseAgent(flags, env);
  const { target, options, close } = connectionOf(chosen);
  const client: AgentClient = connect(AgentServiceService, target, options);
  const campaigns = connect(CampaignServiceService, target, options);
  try {
    await firstAnswer(target, options);
    return await work({ client, campaigns, address: target, options: chosen.options, traces: chosen.traces });
  } catch (error) {
    throw isServiceError(error) ? explainError(error, target) : error;
  } finally {
    client.close();
    campaigns.close();
    close();
  }
}

/** Fails fast, where the retries of other calls would wait for an agent that is restarted. */
async function firstAnswer(target: string, options: ConnectOptions): Promise<void> {
  const health = connect(HEALTH, target, { ...options, connectTimeoutMs: FIRST_ANSWER_MS });
  try {
    await health.check(null, { deadlineMs: FIRST_ANSWER_MS });
  } catch (error) {
    // Any other status is an answer, such as that of an agent without the health service.
    if (isServiceError(error) && (error.code === UNAVAILABLE || error.code === DEADLINE_EXCEEDED)) throw error;
  } finally {
    health.close();
  }
}

const UNAVAILABLE = 14;
const DEADLINE_EXCEEDED = 4;

function connectionOf({ agent, tls, tokenFile }: ChosenAgent): OpenConnection {
  try {
    return openConnection(agent, { tls, tokenFile });
  } catch (error) {
    const isClear =
      error instanceof TlsFileError || error instanceof TokenFileError || error instanceof ClearTokenError;
    throw new UsageError((isClear ? undefined : systemErrorText(error)) ?? (error as Error).message);
  }
}
