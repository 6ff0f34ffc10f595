import { QnnArm, type QnnRun, type QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { DataShape } from '@qloom/qnn/model/qnn-model.ts';
import { createRandom } from '@qloom/random/random.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { evaluateUtility } from '@qloom/study-rpc/clients/qnn-simulator-client.ts';
import { LONG_CALL_MS, type Peers } from '../peers.ts';

/**
 * Timeout after which a simulator that still works counts as accepting the settings. Clients give CreateStudy 10 s.
 * Unit: milliseconds.
 */
const PATIENCE_MS = 4_000;

/** Options of {@link askSimulator}. */
export interface AskOptions {
  readonly patienceMs?: number;
  /** Whether the study measures pre-training, for which not every simulator has what is needed. Default false. */
  readonly isPretrained?: boolean;
}

/**
 * Checks with one training step on a few random points whether the simulator accepts a study's evaluations, because
 * only it knows which engines, precisions, noise and sizes of circuits it supports. Throws ValidationError with the
 * settings that it refuses, and rejects with the error of the call if it cannot answer.
 */
export async function askSimulator(
  peers: Pick<Peers, 'qnnSim'>,
  qnn: QnnSettings,
  data: DataShape,
  signal: AbortSignal,
  { patienceMs = PATIENCE_MS, isPretrained = false }: AskOptions = {},
): Promise<void> {
  const patience = AbortSignal.timeout(patienceMs);
  const settings = {
    fold: 0,
    qnn: { ...qnn, steps: 1, batchSize: 1 },
    seeds: [1],
    arms: isPretrained ? [QnnArm.SYNTHETIC_ONLY] : [QnnArm.REAL_ONLY],
    probabilities: false,
    ...(isPretrained ? { scoredSteps: [0, 1], parameters: true } : {}),
  };
  const roles = {
    training: randomPoints(data, 'training'),
    synthetic: isPretrained ? randomPoints(data, 'synthetic') : null,
    heldOut: randomPoints(data, 'held-out'),
  };
  try {
    const limits = { signal: AbortSignal.any([signal, patience]), deadlineMs: LONG_CALL_MS };
    const { runs } = await evaluateUtility(peers.qnnSim, { settings, ...roles, ...limits });
    if (isPretrained) requirePretraining(runs);
  } catch (error) {
    if (error instanceof ValidationError) throw error;
    if (patience.aborted && !signal.aborted) return;
    const fault = classifyFault(error);
    if (fault.kind !== 'failed') throw error;
    if (fault.reason === 'invalid') throw new ValidationError(refusalsOf(error));
    // It diverged, so the settings were accepted.
  }
}

/** Throws ValidationError for a simulator that leaves out what the measurement of pre-training needs. */
function requirePretraining(runs: readonly QnnRun[]): void {
  const lacks = [
    ...(runs.every(({ scoredAccuracies }) => scoredAccuracies.length === 2) ? [] : ['scores along a training']),
    ...(runs.every(({ parameters }) => parameters !== undefined) ? [] : ['trained parameters']),
  ];
  if (lacks.length === 0) return;
  const description = `the QNN simulator reports no ${lacks.join(' and no ')}; right would be one that does, or a study without it`;
  throw new ValidationError([{ field: 'settings.pretraining', description }]);
}

/** The simulator's refusals with the paths of CreateStudy; those of Evaluate are the same for the QNN. */
function refusalsOf(error: unknown): FieldViolation[] {
  const listed = isServiceError(error) ? violationsOf(error) : [];
  if (listed.length > 0 && listed.every(({ field }) => field.startsWith('settings.qnn'))) return listed;
  const said = isServiceError(error) ? error.details : (error as Error).message;
  return [{ field: 'settings.qnn', description: `the QNN simulator refuses it: ${said}` }];
}

/** Four standard normal points per class, so that only settings can be refused. */
function randomPoints({ features, classes }: DataShape, role: string): Points {
  const count = 4 * classes;
  const x = createRandom(`ask-simulator/${role}`).normals(count * features);
  return { count, features, classes, x, y: Int32Array.from({ length: count }, (_, i) => i % classes) };
}
