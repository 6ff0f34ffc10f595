import type { UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  type EvaluateRequest,
  EvaluateSettings,
  type QnnSimulatorServiceService,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { type CallLimits, callName, requirePart } from './answers.ts';
import { type PointsToSend, pointParts } from './points-to-send.ts';

/** Client of any implementation of QnnSimulatorService. */
export type QnnSimulatorRemote = Pick<
  Remote<typeof QnnSimulatorServiceService>,
  'evaluate' | 'getCapabilities' | 'target'
>;

/** Settings that most evaluations leave at their defaults. */
type RareSettings = 'initialParameters' | 'scoredSteps' | 'parameters';

/** One call of Evaluate. */
export interface EvaluateCall extends CallLimits {
  readonly settings: Omit<EvaluateSettings, RareSettings> & Partial<Pick<EvaluateSettings, RareSettings>>;
  readonly training: PointsToSend;
  /** Null if nothing is added to the training points. */
  readonly synthetic: PointsToSend | null;
  readonly heldOut: PointsToSend;
}

/**
 * Trains QNNs and scores them on the held-out points. Rejects with the call's status, with IncompleteAnswerError, and
 * with the error of points given as messages.
 */
export async function evaluateUtility(
  qnnSimulator: Pick<QnnSimulatorRemote, 'evaluate' | 'target'>,
  { signal, deadlineMs, ...request }: EvaluateCall,
): Promise<UtilityReport> {
  const { report } = await qnnSimulator.evaluate(evaluateRequests(request), { signal, deadlineMs });
  return requirePart(callName('QNN simulator', qnnSimulator.target, 'Evaluate'), 'a report', report);
}

async function* evaluateRequests({
  settings,
  training,
  synthetic,
  heldOut,
}: Omit<EvaluateCall, keyof CallLimits>): AsyncGenerator<EvaluateRequest> {
  yield { part: { $case: 'settings', value: EvaluateSettings.fromPartial(settings) } };
  yield* pointParts('training', training);
  yield* pointParts('synthetic', synthetic);
  yield* pointParts('heldOut', heldOut);
}
