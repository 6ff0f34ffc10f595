import type { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { executorOf } from '@qloom/qnn/measurement/measurement.ts';
import type { Handlers } from '@qloom/service-kit/server/handlers.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';
import { evaluateUtility } from '../domain/evaluation.ts';
import type { JobPool } from '../domain/jobs.ts';
import { capabilitiesOf } from './capabilities.ts';
import { decodeExecution } from './circuits.ts';
import { encodeReport, readEvaluation } from './evaluate.ts';
import { decodeMeasure, encodeOutcomes } from './measure.ts';
import { decodeMinimize, streamMinimization } from './minimize.ts';

/** Dependencies of the handlers. */
export interface HandlerDeps {
  readonly pool: JobPool;
  readonly engines: EngineChoice;
  /** This service's version (semver). Default 0.1.0. */
  readonly version?: string;
}

/** The handlers of QnnSimulatorService. */
export function qnnSimulatorHandlers(deps: HandlerDeps): Handlers<typeof QnnSimulatorServiceService> {
  const { pool, engines, version = '0.1.0' } = deps;
  return {
    getCapabilities: () => ({ capabilities: capabilitiesOf(engines, version) }),

    async evaluate(requests, { signal }) {
      const evaluation = await readEvaluation(requests, engines, signal);
      const results = await withSpan('train-qnn', {}, () => evaluateUtility(pool, evaluation, signal));
      return { report: encodeReport(evaluation, results) };
    },

    async expectation(request, { signal }) {
      const job = await decodeExecution(request, engines, signal);
      const { values } = await pool.run(job, signal);
      const engine = executorOf(job.engine, job.measurement);
      return { values: encodeTensor(values, [job.rows, job.observables.length]), engine };
    },

    async gradient({ expectation, weights, method }, { signal }) {
      const job = await decodeExecution(expectation, engines, signal, { weights, method });
      const { values, parameterGradient, inputGradient } = await pool.run(job, signal);
      return {
        values: encodeTensor(values, [job.rows, job.observables.length]),
        parameterGradient: encodeTensor(parameterGradient),
        inputGradient: encodeTensor(inputGradient, [job.rows, inputGradient.length / job.rows]),
        engine: executorOf(job.engine, job.measurement),
      };
    },

    async measure(request, { signal }) {
      const job = await decodeMeasure(request, engines, signal);
      return encodeOutcomes(job, await pool.run(job, signal));
    },

    async *minimize(request, { signal }) {
      yield* streamMinimization(pool, await decodeMinimize(request, engines, signal), signal);
    },
  };
}
