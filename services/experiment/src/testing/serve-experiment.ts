import {
  type CircuitTask,
  ExperimentServiceService,
  type RunResponse,
  type RunSettings,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog, startTestServer } from '@qloom/testing/test-server.ts';
import { openBackends } from '../domain/providers/backends-file.ts';
import type { Transpile } from '../domain/providers/provider.ts';
import { simulate } from '../domain/simulator/simulate.ts';
import { systemClock } from '../domain/system-clock.ts';
import { experimentHandlers } from '../rpc/handlers.ts';
import { createBackendGate } from '../runs/backend-gate.ts';
import { createRuns } from '../runs/runs.ts';

/** A server with the service's handlers, on a log and a store of its own. */
export interface ServedExperiment {
  readonly remote: Remote<typeof ExperimentServiceService>;
  /** The responses of a run. */
  run(settings: Partial<RunSettings>, circuits: readonly CircuitTask[]): Promise<RunResponse[]>;
  close(): Promise<void>;
}

/** Starts a {@link ServedExperiment}; `backends` is the text of a file of backends. */
export async function serveExperiment(backends?: string): Promise<ServedExperiment> {
  const folder = await createTempFolder();
  const log = await openEpisodeLog(`sqlite:${folder.file('log.db')}`);
  const artifacts = await openArtifactStore(`file://${folder.file('artifacts')}`);
  const context = {
    clock: systemClock,
    env: {},
    store: artifacts,
    fetch,
    transpile: async ({ circuit, target }: Parameters<Transpile>[0]) => transpile(circuit, target),
    simulate: async (task: Parameters<typeof simulate>[0]) => simulate(task),
  };
  const opened = openBackends(backends === undefined ? undefined : 'backends.yaml', () => backends ?? '', context);
  const gates = new Map(opened.map((backend) => [backend.name, createBackendGate(backend, systemClock)]));
  const runs = createRuns({ log, artifacts, gates, clock: systemClock, logger: createMemoryLog().log, leaseMs: 5_000 });
  const server = await startTestServer(bindService(ExperimentServiceService, experimentHandlers({ gates, runs })));
  const remote = connect(ExperimentServiceService, server.target);
  return {
    remote,
    async run(settings, circuits) {
      const call = remote.run();
      const all = { backend: 'simulator', study: 'study', run: 'run', budget: undefined, seed: 1, ...settings };
      await call.send({ part: { $case: 'settings', value: all } });
      for (const value of circuits) await call.send({ part: { $case: 'circuit', value } });
      call.closeSend();
      const responses: RunResponse[] = [];
      for await (const response of call) responses.push(response);
      return responses;
    },
    async close() {
      remote.close();
      await server.stop();
      await runs.close();
      await Promise.all(opened.map((backend) => backend.close()));
      await Promise.all([log.close(), artifacts.close()]);
      await folder.remove();
    },
  };
}
