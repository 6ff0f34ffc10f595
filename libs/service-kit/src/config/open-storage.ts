import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { InvalidUrlError } from '@qloom/episode-log/errors.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import type { Logger } from '../logger.ts';
import { ConfigError, type ConfigValues } from './config.ts';
import { type NATS_CONFIG, natsCredentials } from './nats-config.ts';

/** The variables that name a process's event log and artifact store. */
export type StorageConfig = ConfigValues<typeof NATS_CONFIG> & {
  readonly QLOOM_LOG?: string;
  readonly QLOOM_ARTIFACTS?: string;
};

/** An open log and an open store. */
export interface Storage {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  /** Closes both, after the stages that use them have drained. */
  close(): Promise<void>;
}

/**
 * Opens the event log and the artifact store that a service's variables name, with the NATS credentials that they give;
 * undefined where QLOOM_LOG is not set. Warnings of the adapters are logged to `log`. Throws `ConfigError` when a
 * variable is wrong or missing, and `LogUnavailableError` or `LogUnusableError` when one cannot be opened.
 */
export async function openStorage(
  config: StorageConfig & { readonly QLOOM_LOG: string },
  log: Logger,
): Promise<Storage>;
export async function openStorage(config: StorageConfig, log: Logger): Promise<Storage | undefined>;
export async function openStorage(config: StorageConfig, log: Logger): Promise<Storage | undefined> {
  const { QLOOM_LOG, QLOOM_ARTIFACTS } = config;
  requireWithLog(config, ['QLOOM_ARTIFACTS']);
  if (QLOOM_LOG === undefined || QLOOM_ARTIFACTS === undefined) return undefined;
  const options = { ...natsCredentials(config), warn: (message: string) => log.warn(message) };
  const episodeLog = await named('QLOOM_LOG', () => openEpisodeLog(QLOOM_LOG, options));
  try {
    const artifacts = await named('QLOOM_ARTIFACTS', () => openArtifactStore(QLOOM_ARTIFACTS, options));
    return {
      episodeLog,
      artifacts,
      async close() {
        await Promise.all([episodeLog.close(), artifacts.close()]);
      },
    };
  } catch (error) {
    await episodeLog.close();
    throw error;
  }
}

/** Throws ConfigError with each of `names` that is not set although QLOOM_LOG is. */
export function requireWithLog<Name extends string>(
  config: { readonly QLOOM_LOG?: string } & { readonly [K in Name]?: string },
  names: readonly Name[],
): void {
  if (config.QLOOM_LOG === undefined) return;
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length === 0) return;
  throw new ConfigError(missing.map((name) => `${name}: not set; it is needed where QLOOM_LOG is set`));
}

async function named<T>(variable: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof InvalidUrlError) throw new ConfigError([`${variable}: ${error.message}`]);
    throw error;
  }
}
