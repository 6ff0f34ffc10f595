import { resolve } from 'node:path';
import { type Backend, ExperimentServiceService } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { CommandError } from '../command/errors.ts';
import { whenAborted } from '../run/interrupt.ts';
import { storageOf } from '../run/session.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { startLocalServices } from '../supervisor/local-services.ts';
import type { ExperimentService } from './experiment-executor.ts';

/** The experiment service of a command: one of its own on the log of a run folder, or a running one. */
export interface OpenedExperiment {
  readonly remote: ExperimentService;
  /** Rejects when a service of its own is given up, or the signal aborts; never resolves. */
  readonly failed: Promise<never>;
  /** See {@link onlineBackend}. */
  backend(name: string): Promise<Backend>;
  close(): Promise<void>;
}

/** Options of {@link openExperiment}. */
export interface ExperimentOptions {
  readonly folder: RunFolder;
  /** File of backends for a service of its own. */
  readonly backends?: string;
  /** Address of a running service. */
  readonly experiment?: string;
  readonly signal: AbortSignal;
}

/** Opens the service, and waits until it serves. */
export async function openExperiment({
  folder,
  backends,
  experiment,
  signal,
}: ExperimentOptions): Promise<OpenedExperiment> {
  const { logUrl, artifactsUrl } = storageOf(folder, 'sqlite');
  const services =
    experiment === undefined
      ? startLocalServices({
          logFolder: folder.logs,
          log: logUrl,
          artifacts: artifactsUrl,
          services: ['experiment'],
          ...(backends === undefined ? {} : { backends: resolve(backends) }),
        })
      : undefined;
  const remote = connect(ExperimentServiceService, experiment ?? services?.targets.experiment ?? '');
  const failed = Promise.race([whenAborted(signal), ...(services ? [services.givenUp] : [])]);
  failed.catch(() => {});
  const close = async () => {
    remote.close();
    await services?.stop();
  };
  try {
    await Promise.race([services?.started, failed]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    remote,
    failed,
    close,
    backend: (name) => onlineBackend(remote, name, signal),
  };
}

/** A backend that takes jobs. Throws CommandError with the reason where it does not, and where there is none of the name. */
export async function onlineBackend(remote: ExperimentService, name: string, signal: AbortSignal): Promise<Backend> {
  try {
    const { backend } = await remote.getBackend({ name }, { signal });
    if (backend?.online) return backend;
    throw new CommandError(`--backend: ${name} takes no jobs now: ${backend?.reason}`);
  } catch (error) {
    signal.throwIfAborted();
    throw isServiceError(error) ? new CommandError(error.details, { cause: error }) : error;
  }
}
