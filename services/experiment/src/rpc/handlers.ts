import type {
  CircuitTask,
  ExperimentServiceService,
  RunRequest,
  RunResponse,
  RunSettings,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { InvalidKeyError } from '@qloom/episode-log/errors.ts';
import { assertStudy } from '@qloom/episode-log/event-key.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Handlers } from '@qloom/service-kit/server/handlers.ts';
import { refuse } from '@qloom/study-rpc/codec/circuits.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import type { Caps } from '../domain/ledger/ledger.ts';
import type { BackendGate } from '../runs/backend-gate.ts';
import { decodeCircuitTasks, MAX_EXECUTIONS } from '../runs/circuit-tasks.ts';
import { pricePlan } from '../runs/quote.ts';
import { type Runs, unknownBackend } from '../runs/runs.ts';
import { describeBackend } from './backends.ts';
import { encodeNews } from './run-news.ts';

/** Version of this service (semver). */
export const EXPERIMENT_VERSION = '0.1.0';

/** Dependencies of the handlers. */
export interface HandlerDeps {
  /** By name. */
  readonly gates: ReadonlyMap<string, BackendGate>;
  readonly runs: Runs;
}

const RUN_PARTS = [
  ['settings', 'once'],
  ['circuit', 'some'],
] as const;

const RUN_NAME = /^[a-z0-9-]{1,64}$/;

/** The handlers of ExperimentService. */
export function experimentHandlers({ gates, runs }: HandlerDeps): Handlers<typeof ExperimentServiceService> {
  const gateOf = (name: string): BackendGate => {
    const gate = gates.get(name);
    if (gate === undefined) throw unknownBackend(name, [...gates.keys()]);
    return gate;
  };
  return {
    getCapabilities: () => ({
      capabilities: {
        service: 'qloom.experiment',
        version: EXPERIMENT_VERSION,
        engines: [],
        limits: [{ name: 'executions', maximum: MAX_EXECUTIONS }],
        hyperparameters: [],
      },
    }),

    async listBackends(_, { signal }) {
      const sorted = [...gates.values()].sort((a, b) => (a.backend.name < b.backend.name ? -1 : 1));
      return { backends: await Promise.all(sorted.map((gate) => describeBackend(gate, signal))) };
    },

    async getBackend({ name }, { signal }) {
      return { backend: await describeBackend(gateOf(name), signal) };
    },

    async quote({ backend, circuits }, { signal }) {
      const gate = gateOf(backend);
      if (circuits.length === 0) refuse('circuits', 'are empty; right would be at least one');
      const executions = await decodeCircuitTasks(circuits, signal);
      const { quote } = await pricePlan(
        executions.map(({ execution }) => execution),
        gate.backend,
        await gate.describe(signal),
      );
      return quote;
    },

    async *run(requests, { signal }): AsyncGenerator<RunResponse> {
      const circuits: CircuitTask[] = [];
      const { settings } = await readParts<NonNullable<RunRequest['part']>, typeof RUN_PARTS>(requests, RUN_PARTS, {
        circuit: (circuit) => circuits.push(circuit),
      });
      const caps = checkSettings(settings);
      gateOf(settings.backend);
      const executions = await decodeCircuitTasks(circuits, signal);
      for await (const news of runs.run({ settings, caps, circuits, executions }, signal)) yield encodeNews(news);
    },

    async cancel({ study, run }, { signal }) {
      checkStudy(study);
      const { cost, jobs } = await runs.cancel(study, run, signal);
      return { cost, cancelledJobs: jobs };
    },
  };
}

/** The caps of a run. Throws ValidationError for settings that are wrong. */
function checkSettings({ study, run, budget }: RunSettings): Caps {
  checkStudy(study);
  if (!RUN_NAME.test(run)) refuse('run', `is ${quoted(run)}; right would be 1 to 64 of a-z, 0-9 and "-"`);
  const { cost, shots } = budget ?? {};
  if (cost !== undefined && !(cost >= 0)) refuse('budget.cost', `is ${cost}; right would be at least 0`);
  return { ...(cost === undefined ? {} : { cost }), ...(shots === undefined ? {} : { shots: Number(shots) }) };
}

function checkStudy(study: string): void {
  try {
    assertStudy(study);
  } catch (error) {
    if (!(error instanceof InvalidKeyError)) throw error;
    const description = `${quoted(study)} is not 1 to 64 letters, digits, "_" or "-", the first a letter or digit`;
    throw new ValidationError([{ field: 'study', description }]);
  }
}
