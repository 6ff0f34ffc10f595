import type {
  AssessRequest,
  AssessSettings,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { type CallLimits, callName, requirePart } from './answers.ts';
import { type PointsToSend, pointParts } from './points-to-send.ts';

/** Client of any implementation of DiscriminatorService. */
export type DiscriminatorRemote = Pick<
  Remote<typeof DiscriminatorServiceService>,
  'assess' | 'getCapabilities' | 'target'
>;

/** One call of Assess. */
export interface AssessCall extends CallLimits {
  readonly settings: AssessSettings;
  readonly training: PointsToSend;
  readonly heldOut: PointsToSend;
  /** Null if nothing was generated. */
  readonly synthetic: PointsToSend | null;
}

/**
 * Assesses synthetic points against real ones. Rejects with the call's status, with IncompleteAnswerError, and with the
 * error of points given as messages.
 */
export async function assessFidelity(
  discriminator: Pick<DiscriminatorRemote, 'assess' | 'target'>,
  { signal, deadlineMs, ...request }: AssessCall,
): Promise<FidelityReport> {
  const { report } = await discriminator.assess(assessRequests(request), { signal, deadlineMs });
  return requirePart(callName('discriminator', discriminator.target, 'Assess'), 'a report', report);
}

async function* assessRequests({
  settings,
  training,
  heldOut,
  synthetic,
}: Omit<AssessCall, keyof CallLimits>): AsyncGenerator<AssessRequest> {
  yield { part: { $case: 'settings', value: settings } };
  yield* pointParts('training', training);
  yield* pointParts('heldOut', heldOut);
  yield* pointParts('synthetic', synthetic);
}
