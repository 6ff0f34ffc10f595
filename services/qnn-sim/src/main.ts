import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { ConfigError } from '@qloom/service-kit/config/config.ts';
import { openStorage } from '@qloom/service-kit/config/open-storage.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { runService } from '@qloom/service-kit/server/run-service.ts';
import { CONFIG } from './config.ts';
import { chooseEngine } from './domain/engine-choice.ts';
import { qnnSimulatorHandlers } from './rpc/handlers.ts';
import { evaluateStage } from './stage.ts';
import { createWorkerPool } from './workers/pool.ts';

await runService({
  name: 'qnn-sim',
  description: 'Trains quantum neural networks on real and synthetic points, and executes batches of circuits.',
  config: CONFIG,
  async build({ config, log }) {
    const { QLOOM_LOG, QLOOM_ARTIFACTS, QLOOM_GENERATOR_TARGET } = config;
    if (QLOOM_LOG !== undefined && (QLOOM_ARTIFACTS === undefined || QLOOM_GENERATOR_TARGET === undefined)) {
      throw new ConfigError(['QLOOM_LOG is set: QLOOM_ARTIFACTS and QLOOM_GENERATOR_TARGET are needed with it']);
    }
    const storage = await openStorage(config, log);
    const pool = createWorkerPool(config.QLOOM_QNN_WORKERS, { engineCache: config.QLOOM_ENGINE_CACHE });
    const engines = await chooseEngine(config.QLOOM_ENGINE, pool);
    log.info('engine', { engine: engines.selected, reason: engines.reason, workers: pool.size });
    const services = [bindService(QnnSimulatorServiceService, qnnSimulatorHandlers({ pool, engines }))];
    if (storage === undefined || QLOOM_GENERATOR_TARGET === undefined) return { services, close: () => pool.close() };
    const generator = connect(GeneratorServiceService, QLOOM_GENERATOR_TARGET);
    const stage = evaluateStage({
      episodeLog: storage.episodeLog,
      artifacts: storage.artifacts,
      generator,
      target: config.QLOOM_QNN_SIM_TARGET,
      concurrency: config.QLOOM_STAGE_CONCURRENCY,
      log,
    });
    return {
      services,
      stages: [stage],
      async close() {
        stage.close();
        generator.close();
        await pool.close();
        await storage.close();
      },
    };
  },
});
