import type { AssessRequest, AssessSettings } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { FidelityReport, UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EvaluateRequest, EvaluateSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { UnavailableError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/wire-points.ts';
import { LONG_CALL_MS, type Peers } from './peers.ts';

/** Points of one evaluation; `synthetic` is null where nothing is added. */
export interface Roles {
  readonly training: Points;
  readonly synthetic: Points | null;
  readonly heldOut: Points;
}

/** Trains QNNs and scores them on the held-out points. Rejects with the call's status. */
export async function evaluateUtility(
  { qnnSim }: Pick<Peers, 'qnnSim'>,
  settings: EvaluateSettings,
  roles: Roles,
  signal: AbortSignal,
): Promise<UtilityReport> {
  const { report } = await qnnSim.evaluate(evaluateRequests(settings, roles), { signal, deadlineMs: LONG_CALL_MS });
  if (report === undefined) throw new UnavailableError('Evaluate: the simulator answered without a report');
  return report;
}

function* evaluateRequests(settings: EvaluateSettings, roles: Roles): Generator<EvaluateRequest> {
  yield { part: { $case: 'settings', value: settings } };
  for (const value of encodePoints(roles.training)) yield { part: { $case: 'training', value } };
  if (roles.synthetic !== null) {
    for (const value of encodePoints(roles.synthetic)) yield { part: { $case: 'synthetic', value } };
  }
  for (const value of encodePoints(roles.heldOut)) yield { part: { $case: 'heldOut', value } };
}

/** Has synthetic points judged by the auditor. Rejects with the call's status. */
export async function assessFidelity(
  { discriminator }: Pick<Peers, 'discriminator'>,
  settings: AssessSettings,
  roles: Roles,
  signal: AbortSignal,
): Promise<FidelityReport> {
  const { report } = await discriminator.assess(assessRequests(settings, roles), { signal, deadlineMs: LONG_CALL_MS });
  if (report === undefined) throw new UnavailableError('Assess: the discriminator answered without a report');
  return report;
}

function* assessRequests(settings: AssessSettings, roles: Roles): Generator<AssessRequest> {
  yield { part: { $case: 'settings', value: settings } };
  for (const value of encodePoints(roles.training)) yield { part: { $case: 'training', value } };
  for (const value of encodePoints(roles.heldOut)) yield { part: { $case: 'heldOut', value } };
  if (roles.synthetic !== null) {
    for (const value of encodePoints(roles.synthetic)) yield { part: { $case: 'synthetic', value } };
  }
}
