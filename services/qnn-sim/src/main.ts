import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { runService } from '@qloom/service-kit/server/run-service.ts';
import { EVALUATE_STAGE } from '@qloom/study-rpc/stage/evaluate-stage.ts';
import { openFoldStage } from '@qloom/study-rpc/stage/open-fold-stage.ts';
import { CONFIG } from './config.ts';
import { chooseEngine } from './domain/engine-choice.ts';
import { qnnSimulatorHandlers } from './rpc/handlers.ts';
import { createWorkerPool } from './workers/pool.ts';

await runService({
  name: 'qnn-sim',
  description: 'Trains quantum neural networks on real and synthetic points, and executes batches of circuits.',
  config: CONFIG,
  async build({ config, log, connect }) {
    const stage = await openFoldStage(EVALUATE_STAGE, { config, target: config.QLOOM_QNN_SIM_TARGET, log, connect });
    const pool = createWorkerPool(config.QLOOM_QNN_WORKERS, { engineCache: config.QLOOM_ENGINE_CACHE });
    const engines = await chooseEngine(config.QLOOM_ENGINE, pool);
    log.info('engine', { engine: engines.selected, reason: engines.reason, workers: pool.size });
    return {
      services: [bindService(QnnSimulatorServiceService, qnnSimulatorHandlers({ pool, engines }))],
      stages: stage.workers,
      async close() {
        await stage.close();
        await pool.close();
      },
    };
  },
});
