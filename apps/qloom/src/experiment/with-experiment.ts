import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExperimentServiceService } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { targetsFromEnvironment } from '../study-file/targets.ts';
import { startLocalServices } from '../supervisor/local-services.ts';
import { makeOwnedTempFolder } from '../supervisor/owned-temp-folder.ts';

/** A client of the experiment service. */
export type ExperimentRemote = Remote<typeof ExperimentServiceService>;

/**
 * Calls `work` with a client of the experiment service: that of QLOOM_EXPERIMENT_TARGET, or one that is started for it on a log of
 * its own, with the backends of QLOOM_BACKENDS_FILE. Rejects with ServiceStartError where it does not start.
 */
export async function withExperiment<T>(
  env: Readonly<Record<string, string | undefined>>,
  work: (remote: ExperimentRemote) => Promise<T>,
): Promise<T> {
  const folder = makeOwnedTempFolder();
  const artifacts = join(folder, 'artifacts');
  mkdirSync(artifacts);
  const services = startLocalServices({
    logFolder: join(folder, 'logs'),
    log: `sqlite://${join(folder, 'log.sqlite')}`,
    artifacts: pathToFileURL(artifacts).href,
    targets: targetsFromEnvironment(env),
    services: ['experiment'],
    supervise: { startAttempts: 1, readyTimeoutMs: 120_000 },
  });
  try {
    await services.started;
    const remote = connect(ExperimentServiceService, services.targets.experiment);
    try {
      return await work(remote);
    } finally {
      remote.close();
    }
  } finally {
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
