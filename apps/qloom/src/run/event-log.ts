import { InvalidUrlError, LogUnavailableError, LogUnusableError } from '@qloom/episode-log/errors.ts';
import { withoutCredentials } from '@qloom/episode-log/nats/nats-address.ts';
import type { NatsCredentials } from '@qloom/episode-log/nats/nats-credentials.ts';
import { redactUrl } from '@qloom/episode-log/nats/redact-url.ts';
import { ConfigError, loadConfig } from '@qloom/service-kit/config/config.ts';
import { NATS_CONFIG, natsCredentials } from '@qloom/service-kit/config/nats-config.ts';
import { CommandError, UsageError } from '../command/errors.ts';

/**
 * How long a server may take to answer at first, while the user waits. Services wait longer, to survive a restart of
 * the server.
 */
const FIRST_ANSWER_MS = 2_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of `--log`: `sqlite` or a URL of NATS servers. Throws `UsageError`, which holds no password. */
export function parseLogOption(value: string): string {
  if (value === 'sqlite') return value;
  if (!/^(nats|tls):\/\//.test(value)) {
    throw new UsageError(`--log: "${redactUrl(value)}" is neither sqlite nor nats://host:port`);
  }
  try {
    withoutCredentials(value);
  } catch (error) {
    if (error instanceof InvalidUrlError) throw new UsageError(`--log: ${error.message}`);
    throw error;
  }
  return value;
}

/** The NATS credentials of the environment: the variables that services take as well. Throws `UsageError`. */
export function credentialsFromEnvironment(env: Environment): NatsCredentials {
  try {
    return natsCredentials(loadConfig(NATS_CONFIG, env));
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.problems.join('\n'));
    throw error;
  }
}

/** URLs of a run's event log and artifact store. */
export interface StorageUrls {
  readonly logUrl: string;
  readonly artifactsUrl: string;
}

/**
 * Opens the log and the artifact store and closes them again, before services are started that would wait for them: a
 * server may have room for one and not for the other. Throws `CommandError` when no server answers within seconds, or
 * it refuses the credentials or has no room, `UsageError` when URL or credentials are wrong, and `LogUnusableError` for
 * a file that is damaged or cannot be written.
 */
export async function assertStorageAnswers({ logUrl, artifactsUrl }: StorageUrls, env: Environment): Promise<void> {
  const options = { ...credentialsFromEnvironment(env), unavailableAfterMs: FIRST_ANSWER_MS, warn: () => {} };
  const { openArtifactStore, openEpisodeLog } = await import('@qloom/episode-log/open-log.ts');
  try {
    await (await openEpisodeLog(logUrl, options)).close();
    await (await openArtifactStore(artifactsUrl, options)).close();
  } catch (error) {
    if (error instanceof InvalidUrlError) throw new UsageError(`--log: ${error.message}`);
    if (error instanceof LogUnavailableError) {
      const remedy = /^no NATS server answers/.test(error.message)
        ? 'start the server, or give another --log'
        : 'look at the server and its limits, or give another --log';
      throw new CommandError(`${error.message}; ${remedy}`, { cause: error });
    }
    if (error instanceof LogUnusableError && /refuses our credentials/.test(error.message)) {
      throw new CommandError(`${error.message}; ${HOW_TO_GIVE_CREDENTIALS}`, { cause: error });
    }
    throw error;
  }
}

/** Hint where credentials are missing or were not stored. */
export const HOW_TO_GIVE_CREDENTIALS =
  'give them in QLOOM_NATS_USER and QLOOM_NATS_PASSWORD, in QLOOM_NATS_CREDENTIALS_FILE, or in the URL of --log';
