import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { chooseEngine } from '../domain/engine-choice.ts';
import { qnnSimulatorHandlers } from '../rpc/handlers.ts';
import { createWorkerPool } from '../workers/pool.ts';

/** A server with the service's handlers, one thread and engine `wasm`. */
export interface ServedSimulator {
  readonly simulator: Remote<typeof QnnSimulatorServiceService>;
  /** Resolves when this number of jobs wait or run. */
  loadOf(jobs: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a {@link ServedSimulator}. */
export async function serveSimulator(): Promise<ServedSimulator> {
  const pool = createWorkerPool(1);
  const engines = await chooseEngine('wasm', pool);
  const server = await startTestServer(
    bindService(QnnSimulatorServiceService, qnnSimulatorHandlers({ pool, engines })),
  );
  const simulator = connect(QnnSimulatorServiceService, server.target);
  return {
    simulator,
    async loadOf(jobs) {
      while (pool.load !== jobs) await new Promise((resolve) => setImmediate(resolve));
    },
    async close() {
      simulator.close();
      await server.stop();
      await pool.close();
    },
  };
}
