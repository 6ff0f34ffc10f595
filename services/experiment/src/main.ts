import { readFileSync } from 'node:fs';
import { ExperimentServiceService } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { ConfigError } from '@qloom/service-kit/config/config.ts';
import { openStorage } from '@qloom/service-kit/config/open-storage.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { runService } from '@qloom/service-kit/server/run-service.ts';
import { CONFIG } from './config.ts';
import { openBackends } from './domain/providers/backends-file.ts';
import { BackendsFileError } from './domain/providers/options.ts';
import { systemClock } from './domain/system-clock.ts';
import { EXPERIMENT_VERSION, experimentHandlers } from './rpc/handlers.ts';
import { createBackendGate } from './runs/backend-gate.ts';
import { createRuns } from './runs/runs.ts';
import { createTaskThread } from './workers/task-thread.ts';

await runService({
  name: 'experiment',
  description: 'runs circuits on quantum computers, or on simulators in their place, within a budget.',
  version: EXPERIMENT_VERSION,
  config: CONFIG,
  calls: 'long',
  async build({ config, log }) {
    const storage = await openStorage(config, log);
    const threads = { simulate: createTaskThread('simulate'), transpile: createTaskThread('transpile') };
    const context = {
      clock: systemClock,
      env: process.env,
      store: storage.artifacts,
      simulate: threads.simulate.run,
      transpile: threads.transpile.run,
      fetch: globalThis.fetch,
    };
    const backends = await openConfigured(() => openBackends(config.QLOOM_BACKENDS_FILE, readText, context));
    log.info('backends', { backends: backends.map(({ name, provider }) => `${name} (${provider})`) });
    const gates = new Map(backends.map((backend) => [backend.name, createBackendGate(backend, systemClock)]));
    const { episodeLog, artifacts } = storage;
    const leaseMs = config.QLOOM_SUBMIT_TIMEOUT_MS;
    const runs = createRuns({ log: episodeLog, artifacts, gates, clock: systemClock, logger: log, leaseMs });
    return {
      services: [bindService(ExperimentServiceService, experimentHandlers({ gates, runs }))],
      async close() {
        await runs.close();
        await Promise.all(backends.map((backend) => backend.close()));
        await Promise.all([threads.simulate.close(), threads.transpile.close()]);
        await storage.close();
      },
    };
  },
});

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BackendsFileError(`${path}: cannot be read: ${(error as Error).message}`);
  }
}

/** Problems of the file of backends are problems of the configuration. */
async function openConfigured<T>(open: () => T): Promise<T> {
  try {
    return open();
  } catch (error) {
    if (error instanceof BackendsFileError) throw new ConfigError([error.message]);
    throw error;
  }
}
