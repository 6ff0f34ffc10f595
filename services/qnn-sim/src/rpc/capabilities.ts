import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { MAX_INPUTS } from '@qloom/study-rpc/codec/circuits.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';
import type { SurveyedEngine } from '../domain/engine-survey.ts';

/** Maximum number of training, synthetic or held-out points of an evaluation. */
export const MAX_POINTS = 100_000;
/** Maximum number of features of a point, and of inputs of a circuit. */
export const MAX_FEATURES = MAX_INPUTS;
/** Maximum total size of all points of an evaluation, in bytes. */
export const MAX_POINT_BYTES = 32 * 2 ** 20;

/**
 * The capabilities of this simulator. It offers no hyperparameters, because a study fixes its QNN so that episodes are
 * comparable.
 */
export function capabilitiesOf(engines: EngineChoice, version: string): Capabilities {
  return {
    service: 'qloom.qnn-sim',
    version,
    engines: engines.engines.toSorted(bySpeed(engines)).map((engine) => ({
      name: engine.name,
      available: engine.available,
      selected: engine.name === engines.selected,
      reason: reasonOf(engine, engines),
    })),
    limits: [
      { name: 'qubits', maximum: 20 },
      { name: 'layers', maximum: 64 },
      { name: 'steps', maximum: 100_000 },
      { name: 'batch_size', maximum: 4096 },
      { name: 'points', maximum: MAX_POINTS },
      { name: 'features', maximum: MAX_FEATURES },
      { name: 'point_bytes', maximum: MAX_POINT_BYTES },
    ],
    hyperparameters: [],
  };
}

const msOf = ({ name }: SurveyedEngine, { measurements }: EngineChoice) =>
  measurements.find((one) => one.name === name)?.stepMs;

const bySpeed = (engines: EngineChoice) => (a: SurveyedEngine, b: SurveyedEngine) =>
  (msOf(a, engines) ?? Number.MAX_VALUE) - (msOf(b, engines) ?? Number.MAX_VALUE);

/** Why it was chosen; or its description, its hardware, and the time of a step if it was measured. */
function reasonOf(engine: SurveyedEngine, engines: EngineChoice): string {
  if (engine.name === engines.selected) return engines.reason;
  const ms = msOf(engine, engines);
  return `${engine.description}: ${engine.detail}${ms === undefined ? '' : `; ${ms.toPrecision(2)} ms a step`}`;
}
